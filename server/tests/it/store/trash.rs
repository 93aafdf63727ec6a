//! Sessions that their streamer deletes, and restores or not.

use app::{
    domain::{
        access::LinkKind,
        held::HeldWords,
        role::{Audience, Role},
        rules::{Rules, Settings},
        stream_command::StreamCommand,
    },
    service::ServiceError,
};
use chrono::TimeDelta;
use server::{housekeeping::delete_untouched, idempotent_ids::Seed};

use super::support::{Fixture, TestSession, heard, on_both_databases, press, somebody};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// A session with two presses, which is over.
async fn over(fixture: &Fixture) -> TestSession {
    let session = fixture.started().await;
    fixture.press(&session, "first").await;
    fixture.press(&session, "second").await;
    let act = StreamCommand::End { segment: 1 };
    fixture.act(&session, act).await.unwrap();
    session
}

async fn trash(fixture: &Fixture, session: &TestSession) -> Result<(), ServiceError> {
    heard(
        fixture
            .store
            .trash_session(&fixture.clock, session.id)
            .await,
    )
}

async fn restore(fixture: &Fixture, session: &TestSession) -> Result<(), ServiceError> {
    let (store, clock) = (&fixture.store, &fixture.clock);
    heard(
        store
            .restore_session(clock, &session.code, session.id)
            .await,
    )
}

async fn is_found(fixture: &Fixture, session: &TestSession) -> bool {
    let found = fixture.store.resolve_code(&session.code).await;
    let newest = fixture.store.newest(session.id).await;
    let (found, newest) = (found.unwrap().is_some(), newest.unwrap().is_some());
    assert_eq!(found, newest);
    found
}

#[tokio::test]
async fn a_deleted_session_is_gone_for_everybody_and_comes_back_as_it_was() {
    on_both_databases(async |fixture: Fixture| {
        let session = over(&fixture).await;
        let snapshot = async || {
            let snapshot = fixture.store.snapshot(session.id, Audience::Staff).await;
            snapshot.unwrap()
        };
        let before = snapshot().await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        assert!(
            fixture
                .has_news(store.trash_session(clock, session.id))
                .await
        );
        assert!(!is_found(&fixture, &session).await);
        assert_eq!(trash(&fixture, &session).await, Ok(()), "again");
        store.purge(clock).await.unwrap();
        fixture.advance(DAY - 2 * 60);
        store.purge(clock).await.unwrap();

        assert_eq!(restore(&fixture, &session).await, Ok(()));
        assert_eq!(restore(&fixture, &session).await, Ok(()), "again");

        assert!(is_found(&fixture, &session).await);
        assert_eq!(snapshot().await, before);
        // Being restored counts as being written to.
        let age = TimeDelta::hours(12);
        assert_eq!(delete_untouched(store, clock, age).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn after_a_day_a_deleted_session_is_gone_for_good() {
    on_both_databases(async |fixture: Fixture| {
        let (session, other) = (over(&fixture).await, over(&fixture).await);
        trash(&fixture, &session).await.unwrap();
        fixture.advance(DAY);

        assert_eq!(
            restore(&fixture, &session).await,
            Err(ServiceError::NotFound),
            "although its rows are still there"
        );
        fixture.store.purge(&fixture.clock).await.unwrap();

        let rows = fixture.timestamp_rows().await;
        assert_eq!(rows.len(), 2);
        assert!(rows.iter().all(|row| row.session_id == other.id.0));
        assert_eq!(
            restore(&fixture, &session).await,
            Err(ServiceError::NotFound)
        );
    })
    .await;
}

#[tokio::test]
async fn what_was_deleted_for_good_cannot_be_restored() {
    on_both_databases(async |fixture: Fixture| {
        let session = over(&fixture).await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        store.delete_session(clock, session.id).await.unwrap();
        assert_eq!(
            restore(&fixture, &session).await,
            Err(ServiceError::NotFound)
        );
        assert_eq!(trash(&fixture, &session).await, Err(ServiceError::NotFound));
    })
    .await;
}

#[tokio::test]
async fn an_active_session_is_not_deleted() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        assert_eq!(
            trash(&fixture, &session).await,
            Err(ServiceError::SessionActive)
        );
        assert!(is_found(&fixture, &session).await);
        fixture.pause(&session, 1).await;
        assert_eq!(trash(&fixture, &session).await, Ok(()));
    })
    .await;
}

#[tokio::test]
async fn only_the_streamer_finds_a_deleted_session_among_their_own_and_only_as_long_as_it_can_be_restored()
 {
    on_both_databases(async |fixture: Fixture| {
        let session = over(&fixture).await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let moderator = somebody();
        let label = "Triss".to_owned().try_into().unwrap();
        let link = store.mint_link(clock, session.id, session.streamer, label, Seed::random());
        let key = link.await.unwrap().created.key;
        assert_eq!(key.kind, LinkKind::Moderator);
        store
            .redeem(clock, session.id, moderator, &key)
            .await
            .unwrap();
        let own = async |visitor| store.own_sessions(clock, visitor).await.unwrap();
        assert_eq!(own(session.streamer).await[0].purge_after, None);
        assert_eq!(own(moderator).await.len(), 1);
        trash(&fixture, &session).await.unwrap();

        let deleted = own(session.streamer).await;
        assert_eq!(deleted.len(), 1);
        assert_eq!(deleted[0].session.timestamp_count, 2);
        assert_eq!(
            deleted[0].purge_after,
            Some(clock.now() + TimeDelta::days(1))
        );
        assert_eq!(own(moderator).await, []);
        let kept = async |visitor| {
            store
                .load_kept_for(clock, &session.code, visitor)
                .await
                .unwrap()
        };
        assert_eq!(kept(session.streamer).await.unwrap().role, Role::Streamer);
        assert_eq!(kept(somebody()).await.unwrap().role, Role::Viewer);

        fixture.advance(DAY);
        assert_eq!(own(session.streamer).await, []);
        assert!(kept(session.streamer).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn whoever_is_erased_is_also_gone_from_a_session_that_is_restored_later() {
    on_both_databases(async |fixture: Fixture| {
        for is_indexed in [false, true] {
            let session = fixture.started().await;
            let visitor = somebody();
            let (store, clock) = (&fixture.store, &fixture.clock);
            fixture
                .submit(&session, visitor, press("a secret"))
                .await
                .unwrap();
            fixture.press(&session, "somebody else's").await;
            fixture.pause(&session, 1).await;
            if is_indexed {
                store.index_visitors(session.id).await.unwrap();
            }
            trash(&fixture, &session).await.unwrap();
            assert!(store.has_traces_of(visitor).await.unwrap());

            store.erase_visitor(clock, visitor).await.unwrap();

            assert!(!store.has_traces_of(visitor).await.unwrap());
            restore(&fixture, &session).await.unwrap();
            let snapshot = store.snapshot(session.id, Audience::Staff).await.unwrap();
            let snapshot = snapshot.unwrap();
            assert_eq!(snapshot.session.timestamp_count, 1);
            let notes: Vec<_> = snapshot
                .page
                .timestamps
                .iter()
                .map(|it| it.note.clone())
                .collect();
            assert_eq!(notes.len(), 1);
            assert_eq!(notes[0].as_ref().unwrap().as_str(), "somebody else's");
        }
    })
    .await;
}

#[tokio::test]
async fn the_rehearsals_of_a_deleted_session_are_gone_at_once() {
    on_both_databases(async |fixture: Fixture| {
        let session = over(&fixture).await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let rehearsal = store
            .open_rehearsal(clock, session.id, session.streamer, Seed::random())
            .await
            .unwrap();
        trash(&fixture, &session).await.unwrap();
        store.purge(clock).await.unwrap();
        restore(&fixture, &session).await.unwrap();
        assert_eq!(
            store.resolve_code(&rehearsal.created.code).await.unwrap(),
            None
        );
        assert!(is_found(&fixture, &session).await);
    })
    .await;
}

#[tokio::test]
async fn a_session_like_another_has_its_settings_and_nothing_else_of_it() {
    on_both_databases(async |fixture: Fixture| {
        let session = over(&fixture).await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let settings = Settings {
            rules: Rules {
                names_required: true,
                staff_list: true,
                moderators_pause: true,
            },
            held_words: HeldWords::parse("spoiler").unwrap(),
        };
        store
            .set_settings(clock, session.id, settings.clone().into())
            .await
            .unwrap();
        let title = "Act 2".to_owned().try_into().unwrap();
        let game = "The Witcher 3".to_owned().try_into().unwrap();
        let like = Some(session.id);
        let opened = store
            .open_session(clock, session.streamer, &title, &game, like, Seed::random())
            .await
            .unwrap()
            .created;
        assert_ne!(opened.code, session.code);
        let id = store.resolve_code(&opened.code).await.unwrap().unwrap();
        assert_eq!(store.settings(id).await.unwrap(), settings);
        let snapshot = store.snapshot(id, Audience::Staff).await.unwrap().unwrap();
        assert_eq!(snapshot.session.timestamp_count, 0);
        assert!(snapshot.session.status.is_not_started());
    })
    .await;
}
