//! Ended sessions that go by their age.

use app::{clips::ClipsError, domain::act::Act};
use chrono::TimeDelta;
use server::expiry::delete_ended;

use super::stage::{Opened, Stage, heard, on_both};

const DAY: i64 = 24 * 60 * 60;

async fn ended(stage: &Stage) -> Opened {
    let session = stage.started().await;
    stage.press(&session, "kept as long as its session").await;
    stage.act(&session, Act::End { segment: 1 }).await.unwrap();
    session
}

async fn is_there(stage: &Stage, session: &Opened) -> bool {
    let newest = stage.store.newest(session.id).await;
    newest.unwrap().is_some()
}

#[tokio::test]
async fn only_what_ended_long_ago_and_did_not_change_since_goes() {
    on_both(async |stage: Stage| {
        let (old, reopened, running) = (
            ended(&stage).await,
            ended(&stage).await,
            stage.started().await,
        );
        stage.turn(20 * DAY);
        stage
            .act(&reopened, Act::Reopen { segment: 1 })
            .await
            .unwrap();
        let young = ended(&stage).await;
        let age = TimeDelta::days(30);
        assert_eq!(
            delete_ended(&stage.store, &stage.clock, age).await.unwrap(),
            0
        );

        stage.turn(10 * DAY + 1);
        assert_eq!(
            delete_ended(&stage.store, &stage.clock, age).await.unwrap(),
            1
        );

        assert!(!is_there(&stage, &old).await);
        for kept in [&reopened, &running, &young] {
            assert!(is_there(&stage, kept).await);
        }
        assert_eq!(stage.timestamp_rows().await.len(), 2);
        assert_eq!(
            delete_ended(&stage.store, &stage.clock, age).await.unwrap(),
            0
        );
    })
    .await;
}

#[tokio::test]
async fn a_session_that_is_reopened_meanwhile_stays() {
    on_both(async |stage: Stage| {
        let session = ended(&stage).await;
        stage.turn(DAY);
        let before = stage.clock.now();
        assert_eq!(
            stage.store.ended_before(before, 9).await.unwrap(),
            [session.id]
        );
        stage
            .act(&session, Act::Reopen { segment: 1 })
            .await
            .unwrap();
        let deleted = stage.store.delete_ended_before(session.id, before).await;
        assert_eq!(heard(deleted), Err(ClipsError::NotFound));
        assert!(is_there(&stage, &session).await);
    })
    .await;
}
