//! Undoing what moderators did: what it restores, what it refuses to overwrite, and what has no undo.

use app::{
    domain::{
        moderation::{ActionKind, Edit},
        press::Press,
        text::Note,
        timestamp::TimestampId,
    },
    service::ServiceError,
};
use sea_orm::ConnectionTrait;
use server::{random, store::Moderating};

use super::{
    moderation::log,
    support::{Fixture, by, heard, on_both_databases, press, somebody},
};

/// The note of a timestamp, as it is stored.
async fn note_of(fixture: &Fixture, id: TimestampId) -> Option<Note> {
    let rows = fixture.timestamp_rows().await.into_iter();
    let mut notes = rows.filter(|row| row.id == id.0).map(|row| row.note);
    notes
        .next()
        .flatten()
        .map(|note| Note::parse(&note).unwrap())
}

#[tokio::test]
async fn an_edit_is_told_with_its_words_and_undone_unless_the_note_was_changed_since() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let note = |note: &str| Some(Note::parse(note).unwrap());
        for (before, after) in [(note("a"), note("b")), (None, note("c")), (note("d"), None)] {
            let press = Press {
                note: before.clone(),
                ..press("any")
            };
            let id = fixture
                .submit(&session, somebody(), press)
                .await
                .unwrap()
                .id;
            let edit = by(&session, session.streamer);
            let edited = store.edit_note(clock, edit, id, after.clone(), None);
            edited.await.unwrap();
            let [told, ..] = &log(&fixture, &session).await[..] else {
                panic!("nothing in the log");
            };
            let words = Edit {
                before: before.clone(),
                after: after.clone(),
            };
            assert_eq!(
                (told.kind, told.edit.as_ref()),
                (ActionKind::EditNote, Some(&words))
            );
            assert!(told.can_be_undone());

            // What somebody has changed since is not overwritten.
            fixture.advance(1);
            let later = by(&session, session.streamer);
            let changed = store.edit_note(clock, later, id, note("later"), None);
            changed.await.unwrap();
            let undone = heard(store.undo(clock, edit).await).map(drop);
            assert_eq!(undone, Err(ServiceError::EditedSince));
            assert_eq!(note_of(&fixture, id).await, note("later"));

            // The later change first, then this one; twice is no error.
            assert!(fixture.has_news(store.undo(clock, later)).await);
            assert_eq!(note_of(&fixture, id).await, after);
            assert!(fixture.has_news(store.undo(clock, edit)).await);
            assert!(!fixture.has_news(store.undo(clock, edit)).await);
            assert_eq!(note_of(&fixture, id).await, before);
            let acts = log(&fixture, &session).await;
            assert!(
                acts.iter()
                    .all(|act| act.undone.is_some() && act.timestamps == 1)
            );
            fixture.advance(1);
        }
    })
    .await;
}

#[tokio::test]
async fn an_edit_whose_words_nobody_knows_is_told_and_not_undone() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let id = fixture.press(&session, "a").await.id;
        let edit = by(&session, session.streamer);
        let note = Some(Note::parse("b").unwrap());
        let edited = fixture
            .store
            .edit_note(&fixture.clock, edit, id, note, None);
        edited.await.unwrap();
        let sql = "UPDATE moderation SET note_before = NULL, note_after = NULL";
        fixture.tables.execute_unprepared(sql).await.unwrap();
        let [told] = &log(&fixture, &session).await[..] else {
            panic!("one act");
        };
        assert!(told.edit.is_none() && !told.can_be_undone());
        let undone = heard(fixture.store.undo(&fixture.clock, edit).await).map(drop);
        assert_eq!(undone, Err(ServiceError::NoModeration));
    })
    .await;
}

#[tokio::test]
async fn showing_again_and_what_is_no_act_cannot_be_undone() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let id = fixture.press(&session, "a").await.id;
        fixture.hide(&session, &[id]).await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let restore = by(&session, session.streamer);
        store.restore(clock, restore, &[id]).await.unwrap();
        let nothing = Moderating {
            act: random::uuid(),
            ..restore
        };
        let held_words = Moderating {
            act: uuid::Uuid::nil(),
            ..restore
        };
        for act in [restore, nothing, held_words] {
            let refused = heard(store.undo(clock, act).await).unwrap_err();
            assert_eq!(refused, ServiceError::NoModeration);
        }
        let kinds: Vec<_> = log(&fixture, &session)
            .await
            .iter()
            .map(|act| act.kind)
            .collect();
        assert!(kinds.contains(&ActionKind::Restore) && kinds.contains(&ActionKind::Hide));
    })
    .await;
}
