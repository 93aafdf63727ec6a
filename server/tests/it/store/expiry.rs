//! Sessions that go by their age, and what is left of those that are deleted.

use std::collections::BTreeSet;

use app::{
    domain::{role::Audience, stream_command::StreamCommand},
    service::ServiceError,
};
use chrono::TimeDelta;
use entity::{access_key, grant, moderation, session, visitor_timestamp};
use sea_orm::EntityTrait;
use server::{clock::Clock, housekeeping::delete_untouched, idempotent_ids::Seed};

use super::support::{Fixture, TestSession, by, heard, on_both_databases, press, somebody};

const DAY: i64 = 24 * 60 * 60;

async fn ended(fixture: &Fixture) -> TestSession {
    let session = fixture.started().await;
    fixture.press(&session, "kept as long as its session").await;
    fixture
        .act(&session, StreamCommand::End { segment: 1 })
        .await
        .unwrap();
    session
}

async fn is_there(fixture: &Fixture, session: &TestSession) -> bool {
    let newest = fixture.store.newest(session.id).await;
    newest.unwrap().is_some()
}

#[tokio::test]
async fn only_what_was_not_written_to_for_long_goes_whether_it_was_ended_or_forgotten() {
    on_both_databases(async |fixture: Fixture| {
        let (old, reopened, running, forgotten, never_started) = (
            ended(&fixture).await,
            ended(&fixture).await,
            fixture.started().await,
            fixture.started().await,
            fixture.open().await,
        );
        let age = TimeDelta::days(30);
        let deleted = async || {
            let deleted = delete_untouched(&fixture.store, &fixture.clock, age).await;
            fixture.store.purge(&fixture.clock).await.unwrap();
            deleted.unwrap()
        };
        fixture.advance(20 * DAY);
        fixture
            .act(&reopened, StreamCommand::Reopen { segment: 1 })
            .await
            .unwrap();
        fixture.press(&running, "still watched").await;
        let young = ended(&fixture).await;
        assert_eq!(deleted().await, 0);

        fixture.advance(10 * DAY + 1);
        assert_eq!(deleted().await, 3);

        for gone in [&old, &forgotten, &never_started] {
            assert!(!is_there(&fixture, gone).await);
        }
        for kept in [&reopened, &running, &young] {
            assert!(is_there(&fixture, kept).await);
        }
        // They went to the trash.
        assert_eq!(fixture.timestamp_rows().await.len(), 4);
        fixture.advance(DAY);
        assert_eq!(deleted().await, 0);
        assert_eq!(fixture.timestamp_rows().await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn what_a_wrong_clock_deletes_can_be_restored() {
    on_both_databases(async |mut fixture: Fixture| {
        fixture.clock = Clock::System;
        let session = ended(&fixture).await;
        let (store, year) = (&fixture.store, TimeDelta::days(365));
        // The machine booted with a wrong time.
        let wrong = Clock::wrong_by(year);
        let age = TimeDelta::days(90);
        assert_eq!(delete_untouched(store, &wrong, age).await.unwrap(), 1);
        store.purge(&wrong).await.unwrap();
        assert!(!is_there(&fixture, &session).await);

        store.purge(&fixture.clock).await.unwrap();
        let restored = store.restore_session(&fixture.clock, &session.code, session.id);
        restored.await.unwrap();
        assert!(is_there(&fixture, &session).await);
        assert_eq!(fixture.timestamp_rows().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn nothing_goes_by_a_time_that_the_machines_clock_contradicts() {
    on_both_databases(async |mut fixture: Fixture| {
        fixture.clock = Clock::System;
        let (session, trashed) = (ended(&fixture).await, ended(&fixture).await);
        let store = &fixture.store;
        let trash = store.trash_session(&fixture.clock, trashed.id);
        trash.await.unwrap();
        // The machine's clock is right again, and the server's time isn't.
        let ahead = Clock::wrong_by(TimeDelta::zero());
        ahead.step(TimeDelta::days(365));
        let age = TimeDelta::days(90);
        assert_eq!(delete_untouched(store, &ahead, age).await.unwrap(), 0);
        store.purge(&ahead).await.unwrap();
        assert!(is_there(&fixture, &session).await);
        let restored = store.restore_session(&fixture.clock, &trashed.code, trashed.id);
        restored.await.unwrap();
        assert_eq!(fixture.timestamp_rows().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_command_purges_what_is_deleted_and_leaves_the_trash_to_the_server() {
    on_both_databases(async |fixture: Fixture| {
        let (deleted, trashed) = (ended(&fixture).await, ended(&fixture).await);
        let (store, clock) = (&fixture.store, &fixture.clock);
        store.trash_session(clock, trashed.id).await.unwrap();
        fixture.advance(2 * DAY);
        store.delete_session(clock, deleted.id).await.unwrap();
        store.purge_deleted().await.unwrap();
        let rows = fixture.timestamp_rows().await;
        let left: Vec<_> = rows.iter().map(|row| row.session_id).collect();
        assert_eq!(left, [trashed.id.0]);
    })
    .await;
}

#[tokio::test]
async fn an_old_rehearsal_goes_with_or_before_its_session() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let rehearsal = store.open_rehearsal(clock, session.id, session.streamer, Seed::random());
        rehearsal.await.unwrap();
        fixture.advance(20 * DAY);
        fixture.press(&session, "still watched").await;
        fixture.advance(20 * DAY);
        let age = TimeDelta::days(30);
        let sessions = async || {
            store.purge(clock).await.unwrap();
            let rows = session::Entity::find().all(&fixture.tables).await;
            rows.unwrap().len()
        };
        assert_eq!(delete_untouched(store, clock, age).await.unwrap(), 1);
        assert_eq!(sessions().await, 1);
        store.delete_session(clock, session.id).await.unwrap();
        assert_eq!(sessions().await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_is_reopened_meanwhile_stays() {
    on_both_databases(async |fixture: Fixture| {
        let session = ended(&fixture).await;
        fixture.advance(DAY);
        let before = fixture.clock.now();
        assert_eq!(
            fixture.store.untouched(before, &[], 9).await.unwrap(),
            [session.id]
        );
        fixture
            .act(&session, StreamCommand::Reopen { segment: 1 })
            .await
            .unwrap();
        let (store, clock) = (&fixture.store, &fixture.clock);
        let deleted = store.delete_untouched(clock, session.id, before).await;
        assert_eq!(heard(deleted), Err(ServiceError::NotFound));
        assert!(is_there(&fixture, &session).await);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_session_is_gone_for_everybody_before_its_rows_are() {
    on_both_databases(async |fixture: Fixture| {
        let (session, other) = (fixture.started().await, fixture.started().await);
        let pressed = fixture.press(&session, "gone").await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        assert!(
            fixture
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
        let own = store.own_sessions(clock, session.streamer).await.unwrap();
        assert!(own.is_empty());
        let late = fixture.submit(&session, somebody(), press("late")).await;
        assert_eq!(late, Err(ServiceError::NotFound));
        let paused = fixture
            .act(&session, StreamCommand::Pause { segment: 1 })
            .await;
        assert_eq!(paused, Err(ServiceError::NotFound));
        let asked = by(&session, session.streamer);
        let hidden = store.hide(clock, asked, &[pressed.id]).await;
        assert_eq!(heard(hidden), Err(ServiceError::NotFound));
        let again = store.delete_session(clock, session.id).await;
        assert_eq!(heard(again), Err(ServiceError::NotFound));
        assert!(is_there(&fixture, &other).await);
    })
    .await;
}

#[tokio::test]
async fn who_pressed_in_a_session_that_is_being_deleted_is_erased_all_the_same() {
    on_both_databases(async |fixture: Fixture| {
        let (gone, other, me) = (fixture.started().await, fixture.started().await, somebody());
        for of in [&gone, &other] {
            fixture.submit(of, me, press("mine")).await.unwrap();
            fixture.store.index_visitors(of.id).await.unwrap();
        }
        let (store, clock) = (&fixture.store, &fixture.clock);
        store.delete_session(clock, gone.id).await.unwrap();

        store.erase_visitor(clock, me).await.unwrap();
        assert!(!store.has_traces_of(me).await.unwrap());
        store.purge(clock).await.unwrap();
        let entries = visitor_timestamp::Entity::find().all(&fixture.tables).await;
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
    on_both_databases(async |fixture: Fixture| {
        let (session, other) = (fixture.started().await, fixture.started().await);
        let rehearsal = fixture
            .store
            .open_rehearsal(&fixture.clock, session.id, session.streamer, Seed::random())
            .await;
        rehearsal.unwrap();
        let me = somebody();
        for of in [&session, &other] {
            // More than one transaction deletes.
            for _ in 0..3 {
                let batch: Vec<_> = (0..450)
                    .map(|n| {
                        fixture.submission(of, if n % 9 == 0 { me } else { somebody() }, press(""))
                    })
                    .collect();
                fixture.store.record(&fixture.clock, batch).await.unwrap();
            }
            let pressed = fixture.press(of, "hidden").await;
            fixture.hide(of, &[pressed.id]).await;
            fixture.store.index_visitors(of.id).await.unwrap();
        }

        let deleted = fixture.store.delete_session(&fixture.clock, session.id);
        deleted.await.unwrap();
        fixture.store.purge(&fixture.clock).await.unwrap();

        let left = BTreeSet::from([other.id.0]);
        let tables = &fixture.tables;
        let rows = fixture.timestamp_rows().await;
        assert_eq!(rows.len(), 3 * 450 + 1);
        let timestamps: BTreeSet<_> = rows.iter().map(|row| row.session_id).collect();
        let segments = fixture.segment_rows().await;
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
