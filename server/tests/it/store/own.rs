//! What viewers can still change about their own presses.

use app::{
    domain::{
        held::HeldWords,
        labels::LabelId,
        press::{Press, PressRefused},
        revision::Revision,
        role::{Audience, Right},
        rules::{Rules, Settings},
        stream_command::StreamCommand,
        text::{Name, Note},
        timestamp::{Timestamp, TimestampId},
    },
    service::ServiceError,
};
use server::store::VisitorId;

use super::support::{
    Fixture, TestSession, by, heard, on_both_databases, page_notes, press, somebody,
};

/// The last second in which the server accepts a change.
const LAST_SECOND: i64 = 129;

async fn edit(
    fixture: &Fixture,
    session: &TestSession,
    author: VisitorId,
    edited: Press,
) -> Result<Timestamp, ServiceError> {
    let (store, clock) = (&fixture.store, &fixture.clock);
    let recorded = heard(store.edit_own(clock, session.id, author, edited).await);
    recorded.map(|recorded| recorded.timestamp)
}

async fn take_back(
    fixture: &Fixture,
    session: &TestSession,
    author: VisitorId,
    id: TimestampId,
) -> Result<(), ServiceError> {
    let (store, clock) = (&fixture.store, &fixture.clock);
    heard(store.take_back(clock, session.id, author, id).await)
}

/// The same press with another note.
fn with_note(first: &Press, note: &str) -> Press {
    Press {
        note: Note::parse(note).ok(),
        ..first.clone()
    }
}

/// What everybody's list says, and how many it counts.
async fn public(fixture: &Fixture, session: &TestSession) -> (Vec<String>, i32) {
    let list = fixture.snapshot_for(session, Audience::Public, somebody());
    let page = list.await.page;
    let notes = page_notes(&page).into_iter().map(str::to_owned);
    let count = fixture.session_row(session).await.timestamp_count;
    (notes.collect(), count)
}

fn list(notes: &[&str]) -> (Vec<String>, i32) {
    let count = i32::try_from(notes.len()).unwrap();
    (notes.iter().map(|note| (*note).to_owned()).collect(), count)
}

#[tokio::test]
async fn an_author_can_edit_a_press_for_two_minutes_and_everybody_hears_of_it() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (me, first) = (somebody(), press("before"));
        let pressed = fixture.submit(&session, me, first.clone()).await.unwrap();
        fixture.advance(LAST_SECOND);
        let edited = Press {
            name: Name::parse("Ciri").ok(),
            ..with_note(&first, "after the laugh")
        };
        let told = edit(&fixture, &session, me, edited.clone()).await.unwrap();
        assert!(told.revision > pressed.revision);
        let unchanged = Timestamp {
            note: pressed.note.clone(),
            submitted_by: None,
            revision: pressed.revision,
            ..told.clone()
        };
        assert_eq!(unchanged, pressed, "nothing else changes");
        let everybodys = fixture.snapshot_for(&session, Audience::Public, somebody());
        let row = everybodys.await.page.timestamps.remove(0);
        assert_eq!(
            row,
            Timestamp {
                mine: false,
                ..told.clone()
            }
        );

        // Too late for another one, but not for the answer to the one that was saved.
        fixture.advance(1);
        let late = edit(&fixture, &session, me, with_note(&first, "late")).await;
        let too_late = ServiceError::Press(PressRefused::TooLateToChange);
        assert_eq!(late, Err(too_late.clone()));
        assert_eq!(edit(&fixture, &session, me, edited).await, Ok(told));
        let taken = take_back(&fixture, &session, me, first.id).await;
        assert_eq!(taken, Err(too_late));
        // A retry of the press itself is still answered as it was at first.
        assert_eq!(fixture.submit(&session, me, first).await, Ok(pressed));
        assert_eq!(public(&fixture, &session).await, list(&["after the laugh"]));
    })
    .await;
}

#[tokio::test]
async fn nobody_changes_the_press_of_somebody_else() {
    on_both_databases(async |fixture: Fixture| {
        let (session, other) = (fixture.started().await, fixture.started().await);
        let (me, first) = (somebody(), press("mine"));
        fixture.submit(&session, me, first.clone()).await.unwrap();
        let edited = with_note(&first, "theirs");
        let forbidden = ServiceError::Forbidden(Right::Submit);
        for (session, who, why) in [
            (&session, somebody(), &forbidden),
            (&session, session.streamer, &forbidden),
            (&other, me, &ServiceError::NoTimestamp),
        ] {
            let refused = edit(&fixture, session, who, edited.clone()).await;
            assert_eq!(refused.as_ref(), Err(why));
            let refused = take_back(&fixture, session, who, first.id).await;
            assert_eq!(refused.as_ref(), Err(why));
        }
        assert_eq!(public(&fixture, &session).await, list(&["mine"]));
    })
    .await;
}

#[tokio::test]
async fn an_edit_passes_the_rules_and_the_held_words_like_a_press() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (me, first) = (somebody(), press("harmless"));
        fixture.submit(&session, me, first.clone()).await.unwrap();
        let settings = |names_required| Settings {
            held_words: HeldWords::parse("spoil*").unwrap(),
            rules: Rules {
                names_required,
                ..Rules::default()
            },
        };
        let set = async |settings: Settings| {
            let (store, clock) = (&fixture.store, &fixture.clock);
            let set = store.set_settings(clock, session.id, settings.into()).await;
            set.unwrap();
        };
        set(settings(false)).await;
        let spoiler = with_note(&first, "SPOILER!");
        let told = edit(&fixture, &session, me, spoiler.clone()).await.unwrap();
        assert!(!told.hidden && !told.held, "its author sees no difference");
        assert_eq!(public(&fixture, &session).await, list(&[]));
        let own = fixture.snapshot_for(&session, Audience::Public, me).await;
        assert_eq!(page_notes(&own.page), ["SPOILER!"]);
        let staff = fixture.snapshot_for(&session, Audience::Staff, me).await;
        assert!(staff.page.timestamps[0].held);
        // The log of moderation knows nothing of it.
        let log = fixture.store.moderations(session.id, None).await.unwrap();
        assert_eq!(log, []);

        let harmless = with_note(&first, "harmless again");
        edit(&fixture, &session, me, harmless).await.unwrap();
        assert_eq!(public(&fixture, &session).await, list(&["harmless again"]));

        set(settings(true)).await;
        let nameless = edit(&fixture, &session, me, with_note(&first, "nameless")).await;
        assert_eq!(
            nameless,
            Err(ServiceError::Press(PressRefused::NameMissing))
        );
        let end = StreamCommand::End { segment: 1 };
        fixture.act(&session, end).await.unwrap();
        let ended = edit(&fixture, &session, me, with_note(&first, "ended")).await;
        assert_eq!(ended, Err(ServiceError::Press(PressRefused::Ended)));
        assert_eq!(take_back(&fixture, &session, me, first.id).await, Ok(()));
        assert_eq!(public(&fixture, &session).await, list(&[]));
    })
    .await;
}

#[tokio::test]
async fn what_a_moderator_did_is_not_undone_by_an_edit() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (me, first) = (somebody(), press("rude"));
        fixture.submit(&session, me, first.clone()).await.unwrap();
        let (store, clock) = (&fixture.store, &fixture.clock);
        let moderator = || by(&session, session.streamer);

        fixture.hide(&session, &[first.id]).await;
        let told = edit(&fixture, &session, me, with_note(&first, "polite")).await;
        assert_eq!(told.unwrap().note, Note::parse("polite").ok());
        assert_eq!(
            public(&fixture, &session).await,
            list(&[]),
            "it stays hidden"
        );
        store
            .restore(clock, moderator(), &[first.id])
            .await
            .unwrap();
        assert_eq!(public(&fixture, &session).await, list(&["polite"]));

        // A block does not hide what was there before, but what is written now.
        let block = moderator();
        store.block(clock, block, first.id).await.unwrap();
        assert_eq!(public(&fixture, &session).await, list(&["polite"]));
        let edited = edit(&fixture, &session, me, with_note(&first, "rude again")).await;
        assert!(!edited.unwrap().hidden);
        assert_eq!(public(&fixture, &session).await, list(&[]));
        store.undo(clock, block).await.unwrap();
        assert_eq!(public(&fixture, &session).await, list(&["rude again"]));

        let (note, mended) = (Note::parse("mended").ok(), moderator());
        let mend = store.edit_note(clock, mended, first.id, note.clone(), None);
        mend.await.unwrap();
        let refused = edit(&fixture, &session, me, with_note(&first, "rude")).await;
        assert_eq!(refused, Err(ServiceError::Edited { note }));
        store.undo(clock, mended).await.unwrap();
        let edited = edit(&fixture, &session, me, with_note(&first, "mine again")).await;
        assert!(edited.is_ok());
    })
    .await;
}

#[tokio::test]
async fn another_label_alone_changes_nothing_of_what_was_decided_about_the_words() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (store, clock, me) = (&fixture.store, &fixture.clock, somebody());
        let (before, first) = (press("spoiler, pressed before"), press("spoiler!"));
        fixture.submit(&session, me, before.clone()).await.unwrap();
        let settings = Settings {
            held_words: HeldWords::parse("spoil*").unwrap(),
            rules: Rules::default(),
        };
        let set = store.set_settings(clock, session.id, settings.into());
        set.await.unwrap();
        fixture.submit(&session, me, first.clone()).await.unwrap();
        let label = async |press: &Press, label| {
            let labelled = Press {
                label: Some(LabelId(label)),
                ..press.clone()
            };
            let told = edit(&fixture, &session, me, labelled).await.unwrap();
            assert_eq!(told.label, Some(LabelId(label)));
        };
        // The filter did not hold the one, and holds the other.
        let shown = list(&["spoiler, pressed before"]);
        label(&before, 1).await;
        label(&first, 1).await;
        assert_eq!(public(&fixture, &session).await, shown);

        let restore = by(&session, session.streamer);
        store.restore(clock, restore, &[first.id]).await.unwrap();
        label(&first, 2).await;
        let both = list(&["spoiler, pressed before", "spoiler!"]);
        assert_eq!(public(&fixture, &session).await, both);

        // Of what is shown, only another name is searched then.
        for (name, seen) in [("Ciri", &both), ("spoiler king", &shown)] {
            let named = Press {
                name: Name::parse_optional(name).unwrap(),
                ..first.clone()
            };
            edit(&fixture, &session, me, named).await.unwrap();
            assert_eq!(&public(&fixture, &session).await, seen, "{name}");
        }
        let restore = by(&session, session.streamer);
        store.restore(clock, restore, &[first.id]).await.unwrap();
        assert_eq!(public(&fixture, &session).await, both);

        // A block hides whatever its visitor changes.
        let block = by(&session, session.streamer);
        store.block(clock, block, first.id).await.unwrap();
        label(&first, 1).await;
        assert_eq!(public(&fixture, &session).await, shown);
    })
    .await;
}

#[tokio::test]
async fn a_press_that_is_taken_back_leaves_every_list_with_its_words_and_no_trace_of_its_author() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (me, first, kept) = (somebody(), press("a slip"), press("kept"));
        fixture.submit(&session, me, first.clone()).await.unwrap();
        fixture.submit(&session, me, kept.clone()).await.unwrap();
        let (store, clock) = (&fixture.store, &fixture.clock);
        let block = by(&session, session.streamer);
        store.block(clock, block, kept.id).await.unwrap();
        let before = fixture.session_row(&session).await.revision;

        let taken = store.take_back(clock, session.id, me, first.id);
        assert!(fixture.has_news(taken).await);
        assert_eq!(public(&fixture, &session).await, list(&["kept"]));
        for audience in [Audience::Public, Audience::Staff] {
            let seen = fixture.snapshot_for(&session, audience, me).await;
            assert_eq!(page_notes(&seen.page), ["kept"]);
        }
        let changes = store.changes(session.id, Revision(before), 9);
        let changes = changes.await.unwrap().unwrap();
        assert_eq!(changes.erased, [first.id]);
        let rows = fixture.timestamp_rows().await;
        assert!(rows[0].note.is_none() && rows[0].visitor_id != me.0);
        assert_eq!(rows[1].visitor_id, me.0);

        // Neither a retry nor a moderator brings it back, and a block of its author still holds.
        let again = take_back(&fixture, &session, me, first.id).await;
        assert_eq!(again, Err(ServiceError::NoTimestamp));
        let again = fixture.submit(&session, me, first.clone()).await;
        assert_eq!(again, Err(ServiceError::Conflict));
        let restore = by(&session, session.streamer);
        let restored = heard(store.restore(clock, restore, &[first.id]).await);
        assert_eq!(restored, Err(ServiceError::NoTimestamp));
        fixture
            .submit(&session, me, press("blocked"))
            .await
            .unwrap();
        assert_eq!(public(&fixture, &session).await, list(&["kept"]));
    })
    .await;
}

#[tokio::test]
async fn an_author_can_change_the_label_and_keep_one_that_was_removed_but_not_take_it_again() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (me, first) = (somebody(), press("before"));
        fixture.submit(&session, me, first.clone()).await.unwrap();
        let with_label = |label: Option<u32>| Press {
            label: label.map(LabelId),
            ..first.clone()
        };
        let label_after = async |label| {
            let told = edit(&fixture, &session, me, with_label(label)).await;
            told.unwrap().label.map(|LabelId(label)| label)
        };
        assert_eq!(label_after(Some(2)).await, Some(2));
        assert_eq!(label_after(Some(99)).await, None, "there is no such label");
        assert_eq!(label_after(Some(2)).await, Some(2));
        let revision = fixture.session_row(&session).await.revision;
        assert_eq!(label_after(Some(2)).await, Some(2));
        assert_eq!(fixture.session_row(&session).await.revision, revision);

        let (store, clock) = (&fixture.store, &fixture.clock);
        store
            .set_labels(clock, session.id, Vec::new().into())
            .await
            .unwrap();
        let renamed = Press {
            label: Some(LabelId(2)),
            ..with_note(&first, "with a label that is gone")
        };
        let told = edit(&fixture, &session, me, renamed).await.unwrap();
        assert_eq!(told.label, Some(LabelId(2)));
        assert_eq!(label_after(None).await, None);
        assert_eq!(label_after(Some(2)).await, None);
    })
    .await;
}
