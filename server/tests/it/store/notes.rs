//! Notes that moderators edit: what is written, what is refused, and what older rules let in.

use app::{
    domain::{
        role::Audience,
        text::Note,
        timestamp::{BeganAt, TimestampId},
    },
    service::ServiceError,
};
use sea_orm::ConnectionTrait;

use super::support::{Fixture, TestSession, by, on_both_databases};

pub(super) async fn edit(
    fixture: &Fixture,
    session: &TestSession,
    id: TimestampId,
    note: Option<&str>,
) {
    let note = note.map(|note| Note::parse(note).unwrap());
    let edited = fixture
        .store
        .edit_note(
            &fixture.clock,
            by(session, session.streamer),
            id,
            note,
            None,
        )
        .await;
    edited.unwrap();
}

#[tokio::test]
async fn an_edited_note_takes_one_revision_and_an_unchanged_one_none() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let id = fixture.press(&session, "Baron").await.id;
        edit(&fixture, &session, id, Some("The Bloody Baron")).await;
        edit(&fixture, &session, id, Some("The Bloody Baron")).await;
        let row = &fixture.timestamp_rows().await[0];
        assert_eq!(row.note.as_deref(), Some("The Bloody Baron"));
        assert_eq!((row.arrival, row.revision), (2, 4));
        edit(&fixture, &session, id, None).await;
        assert_eq!(fixture.timestamp_rows().await[0].note, None);
    })
    .await;
}

#[tokio::test]
async fn a_note_that_somebody_else_changed_meanwhile_is_not_overwritten_unseen() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let id = fixture.press(&session, "first").await.id;
        let note = |note: &str| Some(Note::parse(note).unwrap());
        let save = async |began: Option<Note>, to: Option<Note>| {
            let asked = by(&session, session.streamer);
            let began_at = Some(BeganAt { note: began });
            let saved = fixture
                .store
                .edit_note(&fixture.clock, asked, id, to, began_at);
            saved.await.map(drop).map_err(ServiceError::from)
        };
        assert_eq!(save(note("first"), note("mine")).await, Ok(()));
        // Two began at the same note: the second is told what is there, and decides.
        let refused = Err(ServiceError::Edited { note: note("mine") });
        assert_eq!(save(note("first"), note("yours")).await, refused);
        assert_eq!(save(note("first"), None).await, refused);
        assert_eq!(save(note("mine"), note("yours")).await, Ok(()));
        // An answer that was lost: what was saved is saved.
        assert_eq!(save(note("mine"), note("yours")).await, Ok(()));
        assert_eq!(save(note("yours"), None).await, Ok(()));
        let refused = Err(ServiceError::Edited { note: None });
        assert_eq!(save(note("yours"), note("late")).await, refused);
    })
    .await;
}

#[tokio::test]
async fn what_was_stored_under_the_rules_of_before_is_still_read() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let id = fixture.press(&session, "a").await.id;
        for sql in [
            "UPDATE timestamp SET note = '\u{3164}', submitted_by = '\u{ad}'",
            "UPDATE session SET title = '\u{2800}', game = '\u{2063}'",
            "UPDATE access_key SET label = '\u{3164}'",
        ] {
            fixture.tables.execute_unprepared(sql).await.unwrap();
        }
        let snapshot = fixture.store.snapshot(session.id, Audience::Staff).await;
        let snapshot = snapshot.unwrap().unwrap();
        assert_eq!(snapshot.session.title.as_str(), "(blank)");
        let [row] = &snapshot.page.timestamps[..] else {
            panic!("one row");
        };
        assert_eq!((row.id, &row.note, &row.submitted_by), (id, &None, &None));
        let links = fixture.store.links(session.id).await.unwrap();
        assert_eq!(links[0].label.as_str(), "(blank)");
        // What piled up is edited by who sees it tidied.
        let pile = format!("UPDATE timestamp SET note = 'z{}'", "\u{30d}".repeat(9));
        fixture.tables.execute_unprepared(&pile).await.unwrap();
        let seen = Note::parse(&format!("z{}", "\u{30d}".repeat(9))).unwrap();
        let asked = by(&session, session.streamer);
        let began_at = Some(BeganAt { note: Some(seen) });
        let note = Some(Note::parse("tidy").unwrap());
        let saved = fixture
            .store
            .edit_note(&fixture.clock, asked, id, note, began_at);
        assert!(saved.await.is_ok());
    })
    .await;
}
