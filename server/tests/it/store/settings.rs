//! What a session is set to, and what that does to presses and lists.

use app::{
    domain::{
        held::HeldWords,
        press::{Press, PressRefused},
        role::Audience,
        rules::{Rules, Settings},
        text::Name,
    },
    service::ServiceError,
};

use super::stage::{Opened, Stage, by, on_both, page_notes, press, somebody};

async fn set(stage: &Stage, session: &Opened, settings: &Settings) {
    let set = stage.store.set_settings(&stage.clock, session.id, settings);
    assert!(stage.has_news(set).await);
    let read = stage.store.settings(session.id).await.unwrap();
    assert_eq!(&read, settings);
}

fn rules(rules: Rules) -> Settings {
    Settings {
        rules,
        ..Settings::default()
    }
}

#[tokio::test]
async fn where_names_are_required_a_press_needs_one_and_a_retry_does_not() {
    on_both(async |stage: Stage| {
        let session = stage.started().await;
        let (me, before) = (somebody(), press("before"));
        let first = stage.submit(&session, me, before.clone()).await.unwrap();
        let names_required = rules(Rules {
            names_required: true,
            ..Rules::default()
        });
        set(&stage, &session, &names_required).await;
        assert_eq!(stage.submit(&session, me, before).await, Ok(first));
        let refused = stage.submit(&session, me, press("nameless")).await;
        assert_eq!(refused, Err(ServiceError::Press(PressRefused::NameMissing)));
        let named = Press {
            name: Some(Name::parse("Ciri").unwrap()),
            ..press("named")
        };
        assert!(stage.submit(&session, me, named).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn on_a_list_for_staff_viewers_see_their_own_presses_only() {
    on_both(async |stage: Stage| {
        let session = stage.started().await;
        let me = somebody();
        stage.submit(&session, me, press("mine")).await.unwrap();
        stage.press(&session, "theirs").await;
        let staff_list = rules(Rules {
            staff_list: true,
            ..Rules::default()
        });
        set(&stage, &session, &staff_list).await;
        for (audience, who, notes) in [
            (Audience::Public, me, vec!["mine"]),
            (Audience::Public, somebody(), vec![]),
            (Audience::Staff, session.streamer, vec!["mine", "theirs"]),
        ] {
            let snapshot = stage.snapshot_for(&session, audience, who).await;
            assert_eq!(page_notes(&snapshot.page), notes);
        }
    })
    .await;
}

#[tokio::test]
async fn a_note_with_a_held_word_waits_for_a_moderator() {
    on_both(async |stage: Stage| {
        let session = stage.started().await;
        let held = Settings {
            held_words: HeldWords::parse("spoil*, final boss").unwrap(),
            ..Settings::default()
        };
        set(&stage, &session, &held).await;
        let me = somebody();
        let answer = stage.submit(&session, me, press("SPOILER!")).await.unwrap();
        assert!(!answer.hidden && !answer.held);
        let named = Press {
            name: Some(Name::parse("Final Boss").unwrap()),
            ..press("nothing in it")
        };
        stage.submit(&session, somebody(), named).await.unwrap();
        stage.press(&session, "harmless").await;

        let public = stage
            .snapshot_for(&session, Audience::Public, somebody())
            .await;
        assert_eq!(page_notes(&public.page), ["harmless"]);
        let own = stage.snapshot_for(&session, Audience::Public, me).await;
        assert_eq!(page_notes(&own.page), ["SPOILER!", "harmless"]);
        assert!(!own.page.timestamps[0].held);
        let staff = stage.snapshot_for(&session, Audience::Staff, me).await;
        let marks: Vec<_> = staff.page.timestamps.iter().map(|row| row.held).collect();
        assert_eq!(marks, [true, true, false]);
        assert_eq!(stage.session_row(&session).await.timestamp_count, 1);

        let shown = by(&session, session.streamer);
        let shown = stage.store.restore(&stage.clock, shown, &[answer.id]).await;
        shown.unwrap();
        let public = stage
            .snapshot_for(&session, Audience::Public, somebody())
            .await;
        assert_eq!(page_notes(&public.page), ["SPOILER!", "harmless"]);
    })
    .await;
}
