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

use super::support::{Fixture, TestSession, by, on_both_databases, page_notes, press, somebody};

async fn set(fixture: &Fixture, session: &TestSession, settings: &Settings) {
    let set = fixture
        .store
        .set_settings(&fixture.clock, session.id, settings.clone().into());
    assert!(fixture.has_news(set).await);
    let read = fixture.store.settings(session.id).await.unwrap();
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
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (me, before) = (somebody(), press("before"));
        let first = fixture.submit(&session, me, before.clone()).await.unwrap();
        let names_required = rules(Rules {
            names_required: true,
            ..Rules::default()
        });
        set(&fixture, &session, &names_required).await;
        assert_eq!(fixture.submit(&session, me, before).await, Ok(first));
        let refused = fixture.submit(&session, me, press("nameless")).await;
        assert_eq!(refused, Err(ServiceError::Press(PressRefused::NameMissing)));
        let named = Press {
            name: Some(Name::parse("Ciri").unwrap()),
            ..press("named")
        };
        assert!(fixture.submit(&session, me, named).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn on_a_list_for_staff_viewers_see_their_own_presses_only() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let me = somebody();
        fixture.submit(&session, me, press("mine")).await.unwrap();
        fixture.press(&session, "theirs").await;
        let staff_list = rules(Rules {
            staff_list: true,
            ..Rules::default()
        });
        set(&fixture, &session, &staff_list).await;
        for (audience, who, notes) in [
            (Audience::Public, me, vec!["mine"]),
            (Audience::Public, somebody(), vec![]),
            (Audience::Staff, session.streamer, vec!["mine", "theirs"]),
        ] {
            let snapshot = fixture.snapshot_for(&session, audience, who).await;
            assert_eq!(page_notes(&snapshot.page), notes);
        }
    })
    .await;
}

#[tokio::test]
async fn a_note_with_a_held_word_waits_for_a_moderator() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let held = Settings {
            held_words: HeldWords::parse("spoil*, final boss").unwrap(),
            ..Settings::default()
        };
        set(&fixture, &session, &held).await;
        let me = somebody();
        let answer = fixture
            .submit(&session, me, press("SPOILER!"))
            .await
            .unwrap();
        assert!(!answer.hidden && !answer.held);
        let named = Press {
            name: Some(Name::parse("Final Boss").unwrap()),
            ..press("nothing in it")
        };
        fixture.submit(&session, somebody(), named).await.unwrap();
        fixture.press(&session, "harmless").await;

        let public = fixture
            .snapshot_for(&session, Audience::Public, somebody())
            .await;
        assert_eq!(page_notes(&public.page), ["harmless"]);
        let own = fixture.snapshot_for(&session, Audience::Public, me).await;
        assert_eq!(page_notes(&own.page), ["SPOILER!", "harmless"]);
        assert!(!own.page.timestamps[0].held);
        let staff = fixture.snapshot_for(&session, Audience::Staff, me).await;
        let marks: Vec<_> = staff.page.timestamps.iter().map(|row| row.held).collect();
        assert_eq!(marks, [true, true, false]);
        assert_eq!(fixture.session_row(&session).await.timestamp_count, 1);

        let shown = by(&session, session.streamer);
        let shown = fixture
            .store
            .restore(&fixture.clock, shown, &[answer.id])
            .await;
        shown.unwrap();
        let public = fixture
            .snapshot_for(&session, Audience::Public, somebody())
            .await;
        assert_eq!(page_notes(&public.page), ["SPOILER!", "harmless"]);
    })
    .await;
}
