//! Rehearsals come and go whole.

use app::{domain::role::Role, service::ServiceError};

use super::stage::{Opened, Stage, heard, on_both, press, somebody};

#[tokio::test]
async fn a_rehearsal_is_a_session_of_its_own_and_goes_without_a_trace() {
    on_both(async |stage: Stage| {
        let session = stage.open().await;
        let rehearsal = open(&stage, &session).await;
        let context = stage
            .store
            .load_for(&rehearsal.code, session.streamer)
            .await;
        assert_eq!(context.unwrap().unwrap().role, Role::Streamer);
        stage.start(&rehearsal).await;
        let pressed = stage.submit(&rehearsal, somebody(), press("test")).await;
        pressed.unwrap();

        let ended = stage.store.end_rehearsal(&stage.clock, rehearsal.id);
        ended.await.unwrap();

        assert_eq!(
            stage.store.resolve_code(&rehearsal.code).await.unwrap(),
            None
        );
        stage.store.purge().await.unwrap();
        assert_eq!(stage.timestamp_rows().await, []);
        assert_eq!(stage.segment_rows().await, []);
        assert_eq!(stage.session_row(&session).await.revision, 0);
    })
    .await;
}

#[tokio::test]
async fn a_second_rehearsal_takes_the_place_of_the_first() {
    on_both(async |stage: Stage| {
        let session = stage.open().await;
        let first = open(&stage, &session).await;
        let (store, clock) = (&stage.store, &stage.clock);
        let second = store.open_rehearsal(clock, session.id, session.streamer);
        assert!(stage.has_news(second).await);
        assert_eq!(store.newest(first.id).await.unwrap(), None);
        assert_eq!(stage.store.resolve_code(&first.code).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_real_session_is_never_deleted_as_a_rehearsal() {
    on_both(async |stage: Stage| {
        let session = stage.open().await;
        let ended = stage.store.end_rehearsal(&stage.clock, session.id).await;
        let refused = heard(ended);
        assert!(
            matches!(refused, Err(ServiceError::Invalid(_))),
            "{refused:?}"
        );
        let rehearsal = open(&stage, &session).await;
        let nested = stage
            .store
            .open_rehearsal(&stage.clock, rehearsal.id, session.streamer)
            .await;
        assert!(matches!(heard(nested), Err(ServiceError::Invalid(_))));
        assert_eq!(
            stage.store.resolve_code(&session.code).await.unwrap(),
            Some(session.id)
        );
    })
    .await;
}

async fn open(stage: &Stage, session: &Opened) -> Opened {
    let rehearsal = stage
        .store
        .open_rehearsal(&stage.clock, session.id, session.streamer)
        .await
        .unwrap();
    let code = rehearsal.code;
    Opened {
        id: stage.store.resolve_code(&code).await.unwrap().unwrap(),
        code,
        streamer: session.streamer,
        control_key: rehearsal.control_key,
    }
}
