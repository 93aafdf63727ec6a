//! Blocks of visitors: who sees what they press, who can be blocked, and where.

use app::service::ServiceError;

use super::{
    moderation::{log, moderator, seen},
    support::{Fixture, by, heard, on_both_databases, press, somebody},
};

#[tokio::test]
async fn what_a_blocked_visitor_presses_only_they_see_until_the_block_is_undone() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (anna, troll) = (moderator(&fixture, &session, "Anna").await, somebody());
        let before = fixture
            .submit(&session, troll, press("before"))
            .await
            .unwrap();
        let block = by(&session, anna);
        let (store, clock) = (&fixture.store, &fixture.clock);
        store.block(clock, block, before.id).await.unwrap();
        // A second block of the same visitor is none.
        let again = store.block(clock, by(&session, anna), before.id);
        assert!(!fixture.has_news(again).await);

        let answer = fixture.submit(&session, troll, press("blocked")).await;
        let answer = answer.unwrap();
        assert!(answer.mine && !answer.hidden);
        assert_eq!(seen(&fixture, &session, somebody()).await, ["before"]);
        assert_eq!(seen(&fixture, &session, troll).await, ["before", "blocked"]);
        assert_eq!(fixture.session_row(&session).await.timestamp_count, 1);
        assert_eq!(log(&fixture, &session).await[0].timestamps, 1);

        store.undo(clock, block).await.unwrap();
        let after = fixture.submit(&session, troll, press("after")).await;
        after.unwrap();
        assert_eq!(
            seen(&fixture, &session, somebody()).await,
            ["before", "blocked", "after"]
        );
        assert_eq!(fixture.session_row(&session).await.timestamp_count, 3);
        assert_eq!(fixture.session_row(&session).await.blocks, 0);
    })
    .await;
}

#[tokio::test]
async fn an_act_about_one_visitor_is_never_made_one_about_another() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let (one, other) = (somebody(), somebody());
        let (of_one, of_other) = (
            fixture
                .submit(&session, one, press("one"))
                .await
                .unwrap()
                .id,
            fixture
                .submit(&session, other, press("other"))
                .await
                .unwrap()
                .id,
        );

        let block = by(&session, session.streamer);
        store.block(clock, block, of_one).await.unwrap();
        let refused = store.block(clock, block, of_other).await;
        assert_eq!(
            heard(refused).unwrap_err(),
            ServiceError::ModerationConflict
        );
        // A retry is none of that.
        assert!(!fixture.has_news(store.block(clock, block, of_one)).await);
        let blocked = fixture.submit(&session, one, press("blocked")).await;
        blocked.unwrap();
        assert_eq!(seen(&fixture, &session, somebody()).await, ["one", "other"]);
        store.undo(clock, block).await.unwrap();
        assert_eq!(fixture.session_row(&session).await.blocks, 0);

        let hide = by(&session, session.streamer);
        store.hide_visitor(clock, hide, of_one).await.unwrap();
        let refused = store.hide_visitor(clock, hide, of_other).await;
        assert_eq!(
            heard(refused).unwrap_err(),
            ServiceError::ModerationConflict
        );
        assert_eq!(seen(&fixture, &session, somebody()).await, ["other"]);
    })
    .await;
}

#[tokio::test]
async fn a_block_is_of_one_session_only() {
    on_both_databases(async |fixture: Fixture| {
        let (session, other) = (fixture.started().await, fixture.started().await);
        let troll = somebody();
        let pressed = fixture
            .submit(&session, troll, press("here"))
            .await
            .unwrap();
        let block = by(&session, session.streamer);
        fixture
            .store
            .block(&fixture.clock, block, pressed.id)
            .await
            .unwrap();
        fixture.submit(&other, troll, press("there")).await.unwrap();
        assert_eq!(seen(&fixture, &other, somebody()).await, ["there"]);
    })
    .await;
}

#[tokio::test]
async fn staff_can_not_be_blocked() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let anna = moderator(&fixture, &session, "Anna").await;
        for who in [anna, session.streamer] {
            let pressed = fixture.submit(&session, who, press("ours")).await.unwrap();
            let blocked = fixture
                .store
                .block(&fixture.clock, by(&session, anna), pressed.id)
                .await;
            assert_eq!(heard(blocked).unwrap_err(), ServiceError::TargetIsStaff);
        }
        assert_eq!(log(&fixture, &session).await, []);
    })
    .await;
}
