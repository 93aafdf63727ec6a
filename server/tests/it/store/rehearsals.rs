//! Rehearsals come and go whole.

use app::{domain::role::Role, service::ServiceError};
use server::idempotent_ids::Seed;

use super::support::{Fixture, TestSession, heard, on_both_databases, press, somebody};

#[tokio::test]
async fn a_rehearsal_is_a_session_of_its_own_and_goes_without_a_trace() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let rehearsal = open(&fixture, &session).await;
        let context = fixture
            .store
            .load_for(&rehearsal.code, session.streamer)
            .await;
        assert_eq!(context.unwrap().unwrap().role, Role::Streamer);
        fixture.start(&rehearsal).await;
        let pressed = fixture.submit(&rehearsal, somebody(), press("test")).await;
        pressed.unwrap();

        let ended = fixture.store.end_rehearsal(&fixture.clock, rehearsal.id);
        ended.await.unwrap();

        assert_eq!(
            fixture.store.resolve_code(&rehearsal.code).await.unwrap(),
            None
        );
        fixture.store.purge(&fixture.clock).await.unwrap();
        assert_eq!(fixture.timestamp_rows().await, []);
        assert_eq!(fixture.segment_rows().await, []);
        assert_eq!(fixture.session_row(&session).await.revision, 0);
    })
    .await;
}

#[tokio::test]
async fn a_second_rehearsal_takes_the_place_of_the_first() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let first = open(&fixture, &session).await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let second = store.open_rehearsal(clock, session.id, session.streamer, Seed::random());
        assert!(fixture.has_news(second).await);
        assert_eq!(store.newest(first.id).await.unwrap(), None);
        assert_eq!(fixture.store.resolve_code(&first.code).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_rehearsal_that_is_opened_again_with_the_same_seed_is_the_same() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let (store, clock, seed) = (&fixture.store, &fixture.clock, Seed::random());
        let open = |seed| store.open_rehearsal(clock, session.id, session.streamer, seed);
        let first = open(seed).await.unwrap().created;
        assert!(!fixture.has_news(open(seed)).await);
        assert_eq!(open(seed).await.unwrap().created, first);
        let id = store.resolve_code(&first.code).await.unwrap().unwrap();

        // A late attempt deletes nothing that was opened since.
        let second = open(Seed::random()).await.unwrap().created;
        assert_ne!(second.code, first.code);
        assert_eq!(open(seed).await.unwrap().created, first);
        assert_eq!(store.newest(id).await.unwrap(), None);
        assert!(store.resolve_code(&second.code).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_real_session_is_never_deleted_as_a_rehearsal() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let ended = fixture
            .store
            .end_rehearsal(&fixture.clock, session.id)
            .await;
        let refused = heard(ended);
        assert!(
            matches!(refused, Err(ServiceError::Invalid(_))),
            "{refused:?}"
        );
        let rehearsal = open(&fixture, &session).await;
        let nested = fixture
            .store
            .open_rehearsal(
                &fixture.clock,
                rehearsal.id,
                session.streamer,
                Seed::random(),
            )
            .await;
        assert!(matches!(heard(nested), Err(ServiceError::Invalid(_))));
        assert_eq!(
            fixture.store.resolve_code(&session.code).await.unwrap(),
            Some(session.id)
        );
    })
    .await;
}

async fn open(fixture: &Fixture, session: &TestSession) -> TestSession {
    let rehearsal = fixture
        .store
        .open_rehearsal(&fixture.clock, session.id, session.streamer, Seed::random())
        .await
        .unwrap()
        .created;
    let code = rehearsal.code;
    TestSession {
        id: fixture.store.resolve_code(&code).await.unwrap().unwrap(),
        code,
        streamer: session.streamer,
        control_key: rehearsal.control_key,
    }
}
