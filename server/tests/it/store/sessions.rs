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
use server::{idempotent_ids::Seed, store::NewDetails};

use super::support::{Fixture, at, heard, on_both_databases, press, somebody};

#[tokio::test]
async fn a_new_session_waits_for_its_start() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let context = fixture
            .store
            .load_for(&session.code, session.streamer)
            .await;
        let context = context.unwrap().unwrap();
        assert!(context.session.status.is_not_started());
        assert_eq!(context.role, Role::Streamer);
        let refused = fixture.submit(&session, somebody(), press("")).await;
        assert_eq!(refused, Err(ServiceError::Press(PressRefused::NotStarted)));
    })
    .await;
}

#[tokio::test]
async fn a_stream_is_started_paused_resumed_ended_and_reopened() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        fixture.advance(60);
        fixture.pause(&session, 1).await;
        let refused = fixture.submit(&session, somebody(), press("")).await;
        assert_eq!(refused, Err(ServiceError::Press(PressRefused::Paused)));

        fixture.advance(60);
        fixture.resume(&session, 1).await;
        fixture.advance(60);
        let ended = fixture
            .act(&session, StreamCommand::End { segment: 2 })
            .await
            .unwrap();
        let last = Some(LastSegment {
            index: 2,
            end_time: at(180),
        });
        assert_eq!(ended.status, Status::Ended { last });

        let reopened = fixture
            .act(&session, StreamCommand::Reopen { segment: 2 })
            .await;
        assert_eq!(reopened.unwrap().status, Status::Paused { last });

        let snapshot = fixture
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
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        fixture.advance(30);
        fixture.pause(&session, 1).await;
        let before = fixture.session_row(&session).await;

        fixture.advance(30);
        let act = StreamCommand::Pause { segment: 1 };
        let again = fixture.store.act(&fixture.clock, session.id, act);

        assert!(!fixture.has_news(again).await);
        assert_eq!(fixture.session_row(&session).await, before);
        assert_eq!(fixture.segment_rows().await[0].end_time, Some(at(30)));
    })
    .await;
}

#[tokio::test]
async fn a_stale_tab_closes_no_segment_that_it_does_not_show() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        fixture.pause(&session, 1).await;
        fixture.resume(&session, 1).await;
        let refused = fixture
            .act(&session, StreamCommand::End { segment: 1 })
            .await;
        let stale = ActRefused::Stale {
            shown: 1,
            latest: 2,
        };
        assert_eq!(refused, Err(ServiceError::Act(stale)));
        assert_eq!(fixture.segment_rows().await[1].end_time, None);
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_was_set_back_leaves_no_timestamp_after_its_segment() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        fixture.advance(100);
        fixture.press(&session, "last").await;
        fixture.clock.advance(TimeDelta::seconds(-90));
        fixture.pause(&session, 1).await;
        assert_eq!(fixture.segment_rows().await[0].end_time, Some(at(100)));
    })
    .await;
}

#[tokio::test]
async fn a_session_is_renamed_in_one_revision_or_in_none() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let edit = || {
            let (store, clock) = (&fixture.store, &fixture.clock);
            let title = "Blood and Wine".to_owned().try_into().unwrap();
            let game = "The Witcher 3".to_owned().try_into().unwrap();
            let new = NewDetails {
                title,
                game,
                timing: None,
            };
            store.edit_session(clock, session.id, new, None)
        };
        assert!(fixture.has_news(edit()).await);
        assert!(!fixture.has_news(edit()).await);
        assert_eq!(edit().await.unwrap().title.as_str(), "Blood and Wine");
        assert_eq!(fixture.session_row(&session).await.revision, 1);
    })
    .await;
}

#[tokio::test]
async fn attempts_to_open_one_session_open_one_also_at_the_same_moment() {
    on_both_databases(async |fixture: Fixture| {
        let (me, seed) = (somebody(), Seed::random());
        let title = "Witcher 3".to_owned().try_into().unwrap();
        let game = "The Witcher 3".to_owned().try_into().unwrap();
        let open = || {
            fixture
                .store
                .open_session(&fixture.clock, me, &title, &game, None, seed)
        };
        let attempts = futures::future::join_all((0..4).map(|_| open())).await;
        let late = open().await.unwrap();
        let mut are_new = vec![late.is_new];
        let late = late.created;
        for opened in attempts {
            let opened = opened.unwrap();
            assert_eq!(opened.created, late);
            are_new.push(opened.is_new);
        }
        are_new.sort_unstable();
        assert_eq!(are_new, [false, false, false, false, true]);
        assert_eq!(
            fixture
                .store
                .own_sessions(&fixture.clock, me)
                .await
                .unwrap()
                .len(),
            1
        );
        let id = fixture
            .store
            .resolve_code(&late.code)
            .await
            .unwrap()
            .unwrap();
        let redeemed = fixture
            .store
            .redeem(&fixture.clock, id, me, &late.control_key);
        assert_eq!(redeemed.await.unwrap().role, Role::Streamer);
    })
    .await;
}

#[tokio::test]
async fn the_sessions_of_a_browser_come_newest_first_and_without_rehearsals() {
    on_both_databases(async |fixture: Fixture| {
        let me = somebody();
        let mut codes = Vec::new();
        for title in ["first", "second"] {
            let title = title.to_owned().try_into().unwrap();
            let game = "Chess".to_owned().try_into().unwrap();
            let opened = fixture
                .store
                .open_session(&fixture.clock, me, &title, &game, None, Seed::random())
                .await;
            codes.insert(0, opened.unwrap().created.code);
            fixture.clock.advance(TimeDelta::milliseconds(1));
        }
        fixture.open().await;
        let id = fixture
            .store
            .resolve_code(&codes[0])
            .await
            .unwrap()
            .unwrap();
        let rehearsal = fixture
            .store
            .open_rehearsal(&fixture.clock, id, me, Seed::random())
            .await;
        rehearsal.unwrap();

        let own = fixture
            .store
            .own_sessions(&fixture.clock, me)
            .await
            .unwrap();

        let found: Vec<_> = own.iter().map(|own| own.session.code.clone()).collect();
        assert_eq!(found, codes);
        let opened: Vec<_> = own.iter().map(|own| own.created_at).collect();
        assert_eq!(
            opened,
            [1, 0].map(|ms| Some(at(0) + TimeDelta::milliseconds(ms)))
        );
        assert!(own.iter().all(|own| own.role == Role::Streamer));
        assert_eq!(
            fixture
                .store
                .own_sessions(&fixture.clock, somebody())
                .await
                .unwrap(),
            []
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_of_a_session_that_is_gone_is_not_found() {
    on_both_databases(async |fixture: Fixture| {
        let gone = server::store::SessionId(server::random::uuid());
        let act = fixture
            .store
            .act(&fixture.clock, gone, StreamCommand::Pause { segment: 1 })
            .await;
        assert_eq!(heard(act).unwrap_err(), ServiceError::NotFound);
        let changes = fixture.store.changes(gone, Revision(0), 10).await.unwrap();
        assert!(changes.is_none());
    })
    .await;
}
