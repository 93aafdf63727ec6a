//! A session's life: started, paused, resumed, ended, reopened, renamed.

use app::domain::{
    press::PressRefused,
    revision::Revision,
    role::{Audience, Role},
    session::{LastSegment, Status},
    stream_command::{ActRefused, StreamCommand},
};
use app::service::ServiceError;
use chrono::TimeDelta;
use server::idempotent_ids::Seed;

use super::stage::{Stage, at, heard, on_both, press, somebody};

#[tokio::test]
async fn a_new_session_waits_for_its_start() {
    on_both(async |stage: Stage| {
        let session = stage.open().await;
        let context = stage.store.load_for(&session.code, session.streamer).await;
        let context = context.unwrap().unwrap();
        assert!(context.session.status.is_not_started());
        assert_eq!(context.role, Role::Streamer);
        let refused = stage.submit(&session, somebody(), press("")).await;
        assert_eq!(refused, Err(ServiceError::Press(PressRefused::NotStarted)));
    })
    .await;
}

#[tokio::test]
async fn a_stream_is_started_paused_resumed_ended_and_reopened() {
    on_both(async |stage: Stage| {
        let session = stage.started().await;
        stage.advance(60);
        stage.pause(&session, 1).await;
        let refused = stage.submit(&session, somebody(), press("")).await;
        assert_eq!(refused, Err(ServiceError::Press(PressRefused::Paused)));

        stage.advance(60);
        stage.resume(&session, 1).await;
        stage.advance(60);
        let ended = stage
            .act(&session, StreamCommand::End { segment: 2 })
            .await
            .unwrap();
        let last = Some(LastSegment {
            index: 2,
            end_time: at(180),
        });
        assert_eq!(ended.status, Status::Ended { last });

        let reopened = stage
            .act(&session, StreamCommand::Reopen { segment: 2 })
            .await;
        assert_eq!(reopened.unwrap().status, Status::Paused { last });

        let snapshot = stage
            .snapshot_for(&session, Audience::Public, somebody())
            .await;
        let times: Vec<_> = snapshot
            .segments
            .iter()
            .map(|segment| (segment.index, segment.start_time, segment.end_time))
            .collect();
        assert_eq!(
            times,
            [(1, at(0), Some(at(60))), (2, at(120), Some(at(180)))]
        );
        // Two segments opened, two closed, and the session reopened.
        assert_eq!(snapshot.cursor.revision, Revision(5));
    })
    .await;
}

#[tokio::test]
async fn pausing_twice_is_one_pause_that_nobody_hears_of_again() {
    on_both(async |stage: Stage| {
        let session = stage.started().await;
        stage.advance(30);
        stage.pause(&session, 1).await;
        let before = stage.session_row(&session).await;

        stage.advance(30);
        let act = StreamCommand::Pause { segment: 1 };
        let again = stage.store.act(&stage.clock, session.id, act);

        assert!(!stage.has_news(again).await);
        assert_eq!(stage.session_row(&session).await, before);
        assert_eq!(stage.segment_rows().await[0].end_time, Some(at(30)));
    })
    .await;
}

#[tokio::test]
async fn a_stale_tab_closes_no_segment_that_it_does_not_show() {
    on_both(async |stage: Stage| {
        let session = stage.started().await;
        stage.pause(&session, 1).await;
        stage.resume(&session, 1).await;
        let refused = stage.act(&session, StreamCommand::End { segment: 1 }).await;
        let stale = ActRefused::Stale {
            shown: 1,
            latest: 2,
        };
        assert_eq!(refused, Err(ServiceError::Act(stale)));
        assert_eq!(stage.segment_rows().await[1].end_time, None);
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_was_set_back_leaves_no_timestamp_after_its_segment() {
    on_both(async |stage: Stage| {
        let session = stage.started().await;
        stage.advance(100);
        stage.press(&session, "last").await;
        stage.clock.advance(TimeDelta::seconds(-90));
        stage.pause(&session, 1).await;
        assert_eq!(stage.segment_rows().await[0].end_time, Some(at(100)));
    })
    .await;
}

#[tokio::test]
async fn a_session_is_renamed_in_one_revision_or_in_none() {
    on_both(async |stage: Stage| {
        let session = stage.open().await;
        let title = "Blood and Wine".to_owned().try_into().unwrap();
        let game = "The Witcher 3".to_owned().try_into().unwrap();
        let edit = || {
            let (store, clock) = (&stage.store, &stage.clock);
            store.edit_session(clock, session.id, &title, &game)
        };
        assert!(stage.has_news(edit()).await);
        assert!(!stage.has_news(edit()).await);
        assert_eq!(edit().await.unwrap().title.as_str(), "Blood and Wine");
        assert_eq!(stage.session_row(&session).await.revision, 1);
    })
    .await;
}

#[tokio::test]
async fn attempts_to_open_one_session_open_one_also_at_the_same_moment() {
    on_both(async |stage: Stage| {
        let (me, seed) = (somebody(), Seed::random());
        let title = "Witcher 3".to_owned().try_into().unwrap();
        let game = "The Witcher 3".to_owned().try_into().unwrap();
        let open = || {
            stage
                .store
                .open_session(&stage.clock, me, &title, &game, seed)
        };
        let attempts = futures::future::join_all((0..4).map(|_| open())).await;
        let late = open().await.unwrap();
        for opened in attempts {
            assert_eq!(opened.unwrap(), late);
        }
        assert_eq!(stage.store.own_sessions(me).await.unwrap().len(), 1);
        let id = stage.store.resolve_code(&late.code).await.unwrap().unwrap();
        let redeemed = stage.store.redeem(&stage.clock, id, me, &late.control_key);
        assert_eq!(redeemed.await.unwrap().role, Role::Streamer);
    })
    .await;
}

#[tokio::test]
async fn the_sessions_of_a_browser_come_newest_first_and_without_rehearsals() {
    on_both(async |stage: Stage| {
        let me = somebody();
        let mut codes = Vec::new();
        for title in ["first", "second"] {
            let title = title.to_owned().try_into().unwrap();
            let game = "Chess".to_owned().try_into().unwrap();
            let opened = stage
                .store
                .open_session(&stage.clock, me, &title, &game, Seed::random())
                .await;
            codes.insert(0, opened.unwrap().code);
            stage.clock.advance(TimeDelta::milliseconds(1));
        }
        stage.open().await;
        let id = stage.store.resolve_code(&codes[0]).await.unwrap().unwrap();
        let rehearsal = stage.store.open_rehearsal(&stage.clock, id, me).await;
        rehearsal.unwrap();

        let own = stage.store.own_sessions(me).await.unwrap();

        let found: Vec<_> = own.iter().map(|own| own.session.code.clone()).collect();
        assert_eq!(found, codes);
        assert!(own.iter().all(|own| own.role == Role::Streamer));
        assert_eq!(stage.store.own_sessions(somebody()).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_of_a_session_that_is_gone_is_not_found() {
    on_both(async |stage: Stage| {
        let gone = server::store::SessionId(server::random::uuid());
        let act = stage
            .store
            .act(&stage.clock, gone, StreamCommand::Pause { segment: 1 })
            .await;
        assert_eq!(heard(act).unwrap_err(), ServiceError::NotFound);
        let changes = stage.store.changes(gone, Revision(0), 10).await.unwrap();
        assert!(changes.is_none());
    })
    .await;
}
