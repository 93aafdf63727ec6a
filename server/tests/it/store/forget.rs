//! A visitor who wants to be forgotten leaves every list, and nothing that says whose a timestamp was.

use app::{
    domain::{
        moderation::{ActionKind, Edit},
        press::Press,
        revision::Revision,
        role::{Audience, Role},
        text::{Name, Note},
    },
    service::ServiceError,
};

use entity::moderation;
use futures::future::join;
use proptest::{collection::vec, prelude::*};
use sea_orm::EntityTrait;
use server::store::{Moderating, VisitorId};

use super::{
    links::{mint, redeem},
    support::{Fixture, by, generated, on_both_databases, page_notes, press, somebody},
};
use crate::support::dump::dump;

#[tokio::test]
async fn what_a_forgotten_visitor_pressed_leaves_every_list_with_its_words() {
    on_both_databases(async |fixture: Fixture| {
        let (session, other) = (fixture.started().await, fixture.started().await);
        let (me, named) = (somebody(), Name::parse("Ciri").unwrap());
        let mine = Press {
            name: Some(named),
            ..press("my words")
        };
        let first = fixture.submit(&session, me, mine.clone()).await.unwrap();
        let hidden = fixture.submit(&session, me, press("hidden before")).await;
        let hidden = hidden.unwrap().id;
        fixture.hide(&session, &[hidden]).await;
        let kept = fixture.press(&session, "kept so far").await.id;
        for (id, note) in [(first.id, "my words, mended"), (kept, "kept")] {
            let (asked, note) = (by(&session, session.streamer), Note::parse(note).ok());
            let edited = fixture
                .store
                .edit_note(&fixture.clock, asked, id, note, None);
            edited.await.unwrap();
        }
        fixture
            .submit(&other, me, press("elsewhere"))
            .await
            .unwrap();
        let revision = fixture.session_row(&session).await.revision;

        let erased = fixture.store.erase_visitor(&fixture.clock, me);
        assert!(fixture.has_news(erased).await);
        for (who, audience) in [
            (me, Audience::Public),
            (somebody(), Audience::Public),
            (session.streamer, Audience::Staff),
        ] {
            let snapshot = fixture.snapshot_for(&session, audience, who).await;
            assert_eq!(page_notes(&snapshot.page), ["kept"]);
        }
        assert_eq!(fixture.session_row(&session).await.timestamp_count, 1);
        assert_eq!(fixture.session_row(&other).await.timestamp_count, 0);
        for row in fixture.timestamp_rows().await {
            let is_kept = row.note.as_deref() == Some("kept");
            assert!(is_kept || (row.note.is_none() && row.submitted_by.is_none()));
            assert_ne!(row.visitor_id, me.0);
        }
        // Nor does the log know the words any more; of others it does.
        let log = fixture.store.moderations(session.id, None).await.unwrap();
        let edits = log.iter().filter(|act| act.kind == ActionKind::EditNote);
        let known: Vec<_> = edits.filter_map(|act| act.edit.clone()).collect();
        let before = Note::parse("kept so far").ok();
        let after = Note::parse("kept").ok();
        assert_eq!(known, [Edit { before, after }]);
        // Pages that are open hear of it, staff's too.
        let changes = fixture.store.changes(session.id, Revision(revision), 100);
        let changes = changes.await.unwrap().unwrap();
        assert_eq!(changes.erased, [first.id, hidden]);
        assert!(changes.timestamps.is_empty());

        // Nobody brings it back: no undoing, no restoring, no retry.
        let restore = by(&session, session.streamer);
        let restored = fixture
            .store
            .restore(&fixture.clock, restore, &[first.id])
            .await;
        assert_eq!(
            super::support::heard(restored).unwrap_err(),
            ServiceError::NoTimestamp
        );
        let again = fixture.submit(&session, me, mine).await;
        assert_eq!(again, Err(ServiceError::Conflict));
        assert!(!fixture.store.has_traces_of(me).await.unwrap());
        let again = fixture.store.erase_visitor(&fixture.clock, me);
        assert!(!fixture.has_news(again).await);
    })
    .await;
}

#[tokio::test]
async fn the_moderation_log_names_nobody_who_was_forgotten() {
    on_both_databases(async |fixture: Fixture| {
        let (session, me) = (fixture.started().await, somebody());
        let spoiler = fixture
            .submit(&session, me, press("spoiler"))
            .await
            .unwrap();
        for is_block in [false, true] {
            let asked = by(&session, session.streamer);
            let acted = if is_block {
                fixture.store.block(&fixture.clock, asked, spoiler.id).await
            } else {
                fixture
                    .store
                    .hide_visitor(&fixture.clock, asked, spoiler.id)
                    .await
            };
            acted.unwrap();
        }
        let told = fixture
            .store
            .moderations(session.id, None)
            .await
            .unwrap()
            .len();

        for visitor in [me, session.streamer] {
            let forgotten = fixture.store.erase_visitor(&fixture.clock, visitor);
            forgotten.await.unwrap();
        }

        let log = moderation::Entity::find()
            .all(&fixture.tables)
            .await
            .unwrap();
        assert_eq!((told, log.len()), (2, 2));
        for row in log {
            assert!(row.visitor_id.is_some_and(|visitor| visitor != me.0));
            assert_ne!(row.author, session.streamer.0);
        }
    })
    .await;
}

#[tokio::test]
async fn a_moderator_and_a_visitor_are_forgotten_who_are_named_in_a_long_log() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let (me, moderator) = (somebody(), somebody());
        let link = mint(&fixture, &session).await;
        let redeemed = redeem(&fixture, &session, moderator, &link.key).await;
        redeemed.unwrap();
        let pressed = fixture.submit(&session, me, press("a note")).await;
        let pressed = pressed.unwrap().id;
        // More than one transaction takes.
        for _ in 0..60 {
            let act = by(&session, moderator);
            store.hide_visitor(clock, act, pressed).await.unwrap();
            store.undo(clock, act).await.unwrap();
        }
        for visitor in [me, moderator] {
            assert!(is_named(&fixture, visitor).await);
            store.erase_visitor(clock, visitor).await.unwrap();
            assert!(!is_named(&fixture, visitor).await);
            assert!(!store.has_traces_of(visitor).await.unwrap());
        }
        let log = moderation::Entity::find().all(&fixture.tables).await;
        let log = log.unwrap();
        assert_eq!(log.len(), 60);
        // All by one, and all about one.
        assert!(log.iter().all(|row| row.author == log[0].author));
        assert!(log.iter().all(|row| row.visitor_id == log[0].visitor_id));
    })
    .await;
}

#[tokio::test]
async fn a_forgotten_browser_is_nobodys_moderator_any_more() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let role = async || {
            let context = fixture
                .store
                .load_for(&session.code, session.streamer)
                .await;
            context.unwrap().unwrap().role
        };
        assert_eq!(role().await, Role::Streamer);
        let forgotten = fixture
            .store
            .erase_visitor(&fixture.clock, session.streamer);
        forgotten.await.unwrap();
        assert_eq!(role().await, Role::Viewer);
        // The link still opens it.
        let redeemed = fixture
            .store
            .redeem(&fixture.clock, session.id, somebody(), &session.control_key)
            .await;
        assert_eq!(redeemed.unwrap().role, Role::Streamer);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_no_forgotten_moderator_even_if_what_they_did_is_undone_meanwhile() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let pressed = fixture.press(&session, "hidden and shown").await;
        let link = mint(&fixture, &session).await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        for _ in 0..10 {
            let moderator = somebody();
            redeem(&fixture, &session, moderator, &link.key)
                .await
                .unwrap();
            assert!(store.has_traces_of(moderator).await.unwrap());
            let hides = by(&session, moderator);
            store.hide(clock, hides, &[pressed.id]).await.unwrap();
            let undoes = Moderating {
                author: session.streamer,
                ..hides
            };
            let (undone, erased) = join(
                store.undo(clock, undoes),
                store.erase_visitor(clock, moderator),
            )
            .await;
            undone.unwrap();
            erased.unwrap();
            assert!(!is_named(&fixture, moderator).await);
            assert!(!store.has_traces_of(moderator).await.unwrap());
        }
    })
    .await;
}

/// Whether any row of any table names a visitor.
async fn is_named(fixture: &Fixture, visitor: VisitorId) -> bool {
    let id = visitor.0.simple().to_string();
    let tables = dump(&fixture.tables).await;
    let mut rows = tables.values().flatten();
    rows.any(|row| row.replace('-', "").to_lowercase().contains(&id))
}

/// What happens to the presses of a visitor.
#[derive(Clone, Copy, Debug)]
enum Step {
    Press,
    /// They take one of their presses back.
    TakeBack(usize),
    HideAll,
    Block,
    /// The last action is undone.
    Undo,
    /// The index by visitor catches up.
    Index,
    /// The session goes to the trash, and another one begins.
    Trash,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => Just(Step::Press),
        4 => (0..3_usize).prop_map(Step::TakeBack),
        2 => Just(Step::HideAll),
        2 => Just(Step::Block),
        1 => Just(Step::Undo),
        1 => Just(Step::Index),
        1 => Just(Step::Trash),
    ];
    vec(step, 1..12)
}

#[tokio::test]
async fn whatever_happened_to_their_presses_no_row_names_a_visitor_who_was_forgotten() {
    on_both_databases(async |fixture: Fixture| {
        // Who takes their only press back is named by the log alone.
        let blocked = vec![Step::Press, Step::Block, Step::TakeBack(0)];
        let hidden = vec![Step::Press, Step::HideAll, Step::TakeBack(0), Step::Trash];
        for steps in [blocked, hidden].into_iter().chain(generated(steps(), 30)) {
            no_row_names_them(&fixture, &steps).await;
        }
    })
    .await;
}

async fn no_row_names_them(fixture: &Fixture, steps: &[Step]) {
    let (store, clock, me) = (&fixture.store, &fixture.clock, somebody());
    let mut session = fixture.started().await;
    let mut pressed = Vec::new();
    let mut last: Option<Moderating> = None;
    for step in steps {
        let act = by(&session, session.streamer);
        match (*step, pressed.last().copied()) {
            (Step::Press, _) => {
                let made = fixture.submit(&session, me, press("a note")).await;
                pressed.push(made.unwrap().id);
            }
            (Step::TakeBack(which), Some(_)) => {
                let id = pressed.remove(which % pressed.len());
                store.take_back(clock, session.id, me, id).await.unwrap();
            }
            (Step::HideAll, Some(id)) => {
                store.hide_visitor(clock, act, id).await.unwrap();
                last = Some(act);
            }
            (Step::Block, Some(id)) => {
                store.block(clock, act, id).await.unwrap();
                last = Some(act);
            }
            (Step::Undo, _) => {
                if let Some(act) = last.take() {
                    // A second block is none, and can't be undone.
                    let _ = store.undo(clock, act).await;
                }
            }
            (Step::Index, _) => store.index_visitors(session.id).await.unwrap(),
            (Step::Trash, _) => {
                fixture.pause(&session, 1).await;
                store.trash_session(clock, session.id).await.unwrap();
                session = fixture.started().await;
                pressed.clear();
                last = None;
            }
            (Step::TakeBack(_) | Step::HideAll | Step::Block, None) => {}
        }
    }
    let was_named = is_named(fixture, me).await;
    let has_traces = store.has_traces_of(me).await.unwrap();
    assert_eq!(has_traces, was_named, "{steps:?}");
    store.erase_visitor(clock, me).await.unwrap();
    assert!(!is_named(fixture, me).await, "{steps:?}");
    assert!(!store.has_traces_of(me).await.unwrap(), "{steps:?}");
}
