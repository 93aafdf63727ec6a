//! Sessions that go by their age, and what is left of those that are deleted.

use std::collections::BTreeSet;

use app::{
    domain::{role::Audience, stream_command::StreamCommand},
    service::ServiceError,
};
use chrono::TimeDelta;
use entity::{access_key, grant, moderation, session, visitor_timestamp};
use sea_orm::EntityTrait;
use server::housekeeping::delete_untouched;

use super::stage::{Opened, Stage, by, heard, on_both, press, somebody, submission};

const DAY: i64 = 24 * 60 * 60;

async fn ended(stage: &Stage) -> Opened {
    let session = stage.started().await;
    stage.press(&session, "kept as long as its session").await;
    stage
        .act(&session, StreamCommand::End { segment: 1 })
        .await
        .unwrap();
    session
}

async fn is_there(stage: &Stage, session: &Opened) -> bool {
    let newest = stage.store.newest(session.id).await;
    newest.unwrap().is_some()
}

#[tokio::test]
async fn only_what_was_not_written_to_for_long_goes_whether_it_was_ended_or_forgotten() {
    on_both(async |stage: Stage| {
        let (old, reopened, running, forgotten, never_started) = (
            ended(&stage).await,
            ended(&stage).await,
            stage.started().await,
            stage.started().await,
            stage.open().await,
        );
        let age = TimeDelta::days(30);
        let deleted = async || {
            let deleted = delete_untouched(&stage.store, &stage.clock, age).await;
            stage.store.purge().await.unwrap();
            deleted.unwrap()
        };
        stage.advance(20 * DAY);
        stage
            .act(&reopened, StreamCommand::Reopen { segment: 1 })
            .await
            .unwrap();
        stage.press(&running, "still watched").await;
        let young = ended(&stage).await;
        assert_eq!(deleted().await, 0);

        stage.advance(10 * DAY + 1);
        assert_eq!(deleted().await, 3);

        for gone in [&old, &forgotten, &never_started] {
            assert!(!is_there(&stage, gone).await);
        }
        for kept in [&reopened, &running, &young] {
            assert!(is_there(&stage, kept).await);
        }
        assert_eq!(stage.timestamp_rows().await.len(), 3);
        assert_eq!(deleted().await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_is_reopened_meanwhile_stays() {
    on_both(async |stage: Stage| {
        let session = ended(&stage).await;
        stage.advance(DAY);
        let before = stage.clock.now();
        assert_eq!(
            stage.store.untouched(before, 9).await.unwrap(),
            [session.id]
        );
        stage
            .act(&session, StreamCommand::Reopen { segment: 1 })
            .await
            .unwrap();
        let (store, clock) = (&stage.store, &stage.clock);
        let deleted = store.delete_untouched(clock, session.id, before).await;
        assert_eq!(heard(deleted), Err(ServiceError::NotFound));
        assert!(is_there(&stage, &session).await);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_session_is_gone_for_everybody_before_its_rows_are() {
    on_both(async |stage: Stage| {
        let (session, other) = (stage.started().await, stage.started().await);
        let pressed = stage.press(&session, "gone").await;
        let (store, clock) = (&stage.store, &stage.clock);
        assert!(
            stage
                .has_news(store.delete_session(clock, session.id))
                .await
        );

        assert_eq!(store.resolve_code(&session.code).await.unwrap(), None);
        let context = store.load_for(&session.code, session.streamer).await;
        assert!(context.unwrap().is_none());
        assert_eq!(store.newest(session.id).await.unwrap(), None);
        let changes = store.changes(session.id, app::domain::revision::Revision(0), 9);
        assert!(changes.await.unwrap().is_none());
        for audience in [Audience::Public, Audience::Staff] {
            let snapshot = store.snapshot(session.id, audience).await;
            assert!(snapshot.unwrap().is_none());
            let page = store.page_before(session.id, audience, pressed.place());
            assert_eq!(heard(page.await), Err(ServiceError::NotFound));
        }
        let own = store.own_sessions(session.streamer).await.unwrap();
        assert!(own.is_empty());
        let late = stage.submit(&session, somebody(), press("late")).await;
        assert_eq!(late, Err(ServiceError::NotFound));
        let paused = stage
            .act(&session, StreamCommand::Pause { segment: 1 })
            .await;
        assert_eq!(paused, Err(ServiceError::NotFound));
        let asked = by(&session, session.streamer);
        let hidden = store.hide(clock, asked, &[pressed.id]).await;
        assert_eq!(heard(hidden), Err(ServiceError::NotFound));
        let again = store.delete_session(clock, session.id).await;
        assert_eq!(heard(again), Err(ServiceError::NotFound));
        assert!(is_there(&stage, &other).await);
    })
    .await;
}

#[tokio::test]
async fn who_pressed_in_a_session_that_is_being_deleted_is_erased_all_the_same() {
    on_both(async |stage: Stage| {
        let (gone, other, me) = (stage.started().await, stage.started().await, somebody());
        for of in [&gone, &other] {
            stage.submit(of, me, press("mine")).await.unwrap();
            stage.store.index_visitors(of.id).await.unwrap();
        }
        let (store, clock) = (&stage.store, &stage.clock);
        store.delete_session(clock, gone.id).await.unwrap();

        store.erase_visitor(clock, me).await.unwrap();
        assert!(!store.has_pressed(me).await.unwrap());
        store.purge().await.unwrap();
        let entries = visitor_timestamp::Entity::find().all(&stage.tables).await;
        let theirs = entries
            .unwrap()
            .into_iter()
            .filter(|row| row.visitor_id == me.0);
        assert_eq!(theirs.count(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_purge_leaves_nothing_of_a_deleted_session_and_all_of_the_others() {
    on_both(async |stage: Stage| {
        let (session, other) = (stage.started().await, stage.started().await);
        let rehearsal = stage
            .store
            .open_rehearsal(&stage.clock, session.id, session.streamer)
            .await;
        rehearsal.unwrap();
        let me = somebody();
        for of in [&session, &other] {
            // More than one transaction deletes.
            for _ in 0..3 {
                let batch: Vec<_> = (0..450)
                    .map(|n| submission(of, if n % 9 == 0 { me } else { somebody() }, press("")))
                    .collect();
                stage.store.record(&stage.clock, batch).await.unwrap();
            }
            let pressed = stage.press(of, "hidden").await;
            stage.hide(of, &[pressed.id]).await;
            stage.store.index_visitors(of.id).await.unwrap();
        }

        let deleted = stage.store.delete_session(&stage.clock, session.id);
        deleted.await.unwrap();
        stage.store.purge().await.unwrap();

        let left = BTreeSet::from([other.id.0]);
        let tables = &stage.tables;
        let rows = stage.timestamp_rows().await;
        assert_eq!(rows.len(), 3 * 450 + 1);
        let timestamps: BTreeSet<_> = rows.iter().map(|row| row.session_id).collect();
        let segments = stage.segment_rows().await;
        let segments: BTreeSet<_> = segments.iter().map(|row| row.session_id).collect();
        let sessions = session::Entity::find().all(tables).await.unwrap();
        let sessions: BTreeSet<_> = sessions.iter().map(|row| row.id).collect();
        let entries = visitor_timestamp::Entity::find().all(tables).await.unwrap();
        assert_eq!(entries.len(), rows.len());
        let entries: BTreeSet<_> = entries.iter().map(|row| row.session_id).collect();
        let links = access_key::Entity::find().all(tables).await.unwrap();
        let links: BTreeSet<_> = links.iter().map(|row| row.session_id).collect();
        let grants = grant::Entity::find().all(tables).await.unwrap();
        let grants: BTreeSet<_> = grants.iter().map(|row| row.session_id).collect();
        let log = moderation::Entity::find().all(tables).await.unwrap();
        let log: BTreeSet<_> = log.iter().map(|row| row.session_id).collect();
        for found in [timestamps, segments, sessions, entries, links, grants, log] {
            assert_eq!(found, left);
        }
    })
    .await;
}
