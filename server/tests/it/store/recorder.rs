//! The recorder: presses that come together are recorded together, and each gets its own answer.

use app::{
    domain::{
        offset::Offset, press::PressRefused, stream_command::StreamCommand, timestamp::Timestamp,
    },
    service::ServiceError,
};
use chrono::TimeDelta;
use futures::{
    FutureExt,
    future::{join, join_all},
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait, QuerySelect, TransactionTrait};
use server::recorder::Recorder;

use super::support::{Fixture, TestSession, on_both_databases, press, somebody};
use crate::support::database::Kind;

#[tokio::test(flavor = "multi_thread")]
async fn presses_that_come_together_are_counted_together() {
    on_both_databases(async |fixture: Fixture| {
        let (recorder, session) = (recorder(&fixture), fixture.started().await);
        let others = hold(&fixture, &session).await;
        let presses = join_all((0..100).map(|_| recorded(&fixture, &recorder, &session, "")));
        let (answers, ()) = join(presses, let_go(others)).await;
        assert!(answers.iter().all(Result::is_ok));
        let row = fixture.session_row(&session).await;
        assert_eq!(row.timestamp_count, 100);
        // The segment, a row each, and a count a batch: one batch was on its way when the others gathered.
        assert!(row.revision <= 1 + 100 + 2, "{}", row.revision);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn presses_that_wait_for_their_turn_keep_their_moments_but_a_pause_that_comes_first_refuses_them()
 {
    on_both_databases(async |fixture: Fixture| {
        let (recorder, session) = (recorder(&fixture), fixture.started().await);
        // One is on its way when the others come, a second after each other.
        let others = hold(&fixture, &session).await;
        let mut presses: Vec<_> = (0..5)
            .map(|_| Box::pin(recorded(&fixture, &recorder, &session, "")))
            .collect();
        for press in &mut presses {
            assert!(press.now_or_never().is_none());
            fixture.advance(1);
        }
        let (answers, ()) = join(join_all(presses), let_go(others)).await;
        let began = fixture.segment_rows().await[0].start_time;
        for (second, answer) in (0..).zip(answers) {
            let pressed = answer.unwrap();
            assert_eq!(pressed.offset_seconds, Offset(second));
            assert_eq!(
                pressed.created_at,
                began + TimeDelta::seconds(second.into())
            );
        }

        let too_late = fixture.submission(&session, somebody(), press(""));
        fixture.advance(1);
        fixture.pause(&session, 1).await;
        let refused = recorder.submit(too_late).await;
        assert_eq!(refused, Err(ServiceError::Press(PressRefused::Paused)));
    })
    .await;
}

#[tokio::test]
async fn a_session_that_refuses_costs_the_others_nothing() {
    on_both_databases(async |fixture: Fixture| {
        let recorder = recorder(&fixture);
        let (running, ended) = (fixture.started().await, fixture.started().await);
        fixture
            .act(&ended, StreamCommand::End { segment: 1 })
            .await
            .unwrap();
        let gone = TestSession {
            id: server::store::SessionId(server::random::uuid()),
            ..ended.clone()
        };
        let presses =
            [&running, &ended, &gone, &running].map(|to| recorded(&fixture, &recorder, to, ""));
        let [first, refused, lost, second] = <[_; 4]>::try_from(join_all(presses).await).unwrap();
        assert!(first.is_ok() && second.is_ok());
        assert_eq!(refused, Err(ServiceError::Press(PressRefused::Ended)));
        assert_eq!(lost, Err(ServiceError::NotFound));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_the_database_refuses_costs_only_itself_and_no_order() {
    on_both_databases(async |fixture: Fixture| {
        let recorder = recorder(&fixture);
        let (one, other) = (fixture.started().await, fixture.started().await);
        refuse_the_note(&fixture, "poison").await;
        // Held back by a press under way, so that they meet in one batch.
        let others = hold(&fixture, &one).await;
        let presses = join_all([
            recorded(&fixture, &recorder, &one, "before"),
            recorded(&fixture, &recorder, &one, "poison"),
            recorded(&fixture, &recorder, &other, "elsewhere"),
            recorded(&fixture, &recorder, &one, "after"),
            recorded(&fixture, &recorder, &one, "later"),
            recorded(&fixture, &recorder, &one, "last"),
        ]);
        let (answers, ()) = join(presses, let_go(others)).await;
        let failed: Vec<_> = answers.iter().map(Result::is_err).collect();
        assert_eq!(failed, [false, true, false, false, false, false]);
        assert_eq!(answers[1], Err(ServiceError::Internal));
        let mut rows = fixture.timestamp_rows().await;
        rows.retain(|row| row.session_id == one.id.0);
        rows.sort_by_key(|row| row.arrival);
        let notes: Vec<_> = rows.iter().filter_map(|row| row.note.as_deref()).collect();
        assert_eq!(notes, ["before", "after", "later", "last"]);
        assert_eq!(fixture.session_row(&one).await.timestamp_count, 4);
        assert_eq!(fixture.session_row(&other).await.timestamp_count, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_stays_locked_costs_others_no_press() {
    let fixture = Fixture::on(Kind::Postgres).await;
    let (recorder, locked) = (recorder(&fixture), fixture.started().await);
    let writer = |session: &TestSession| session.id.0.as_u128() % fixture.store.recorders() as u128;
    let other = loop {
        let other = fixture.started().await;
        if writer(&other) == writer(&locked) {
            break other;
        }
    };
    let others = hold(&fixture, &locked).await;
    // While the first waits for the lock, the others meet in the next batch.
    let mut first = Box::pin(recorded(&fixture, &recorder, &locked, ""));
    assert!((&mut first).now_or_never().is_none());
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let mut second = Box::pin(recorded(&fixture, &recorder, &locked, ""));
    assert!((&mut second).now_or_never().is_none());
    assert!(recorded(&fixture, &recorder, &other, "").await.is_ok());
    others.rollback().await.unwrap();
    for refused in [first.await, second.await] {
        assert!(
            matches!(refused, Ok(_) | Err(ServiceError::Unavailable { .. })),
            "{refused:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_whose_sender_hung_up_is_recorded_before_the_recorder_finishes() {
    on_both_databases(async |fixture: Fixture| {
        let (recorder, session) = (recorder(&fixture), fixture.started().await);
        let others = hold(&fixture, &session).await;
        // Asked once, and dropped.
        assert!(
            recorded(&fixture, &recorder, &session, "")
                .now_or_never()
                .is_none()
        );
        join(recorder.finish(), let_go(others)).await;
        assert_eq!(fixture.timestamp_rows().await.len(), 1);
        let late = recorded(&fixture, &recorder, &session, "").await;
        assert!(
            matches!(late, Err(ServiceError::Unavailable { .. })),
            "{late:?}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_has_settled_when_what_was_taken_before_is_recorded() {
    on_both_databases(async |fixture: Fixture| {
        let (recorder, session) = (recorder(&fixture), fixture.started().await);
        recorder.settled().await;
        let others = hold(&fixture, &session).await;
        let mut press = Box::pin(recorded(&fixture, &recorder, &session, ""));
        assert!((&mut press).now_or_never().is_none());
        let settled = async {
            recorder.settled().await;
            assert_eq!(fixture.timestamp_rows().await.len(), 1);
        };
        join(settled, let_go(others)).await;
        assert!(press.await.is_ok());
        recorder.finish().await;
        recorder.settled().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_says_when_to_come_back_and_loses_nothing_that_it_took() {
    let fixture = Fixture::on(Kind::Sqlite).await;
    let (recorder, session) = (recorder(&fixture), fixture.started().await);
    let others = hold(&fixture, &session).await;
    let presses = join_all((0..10_000).map(|_| recorded(&fixture, &recorder, &session, "")));
    let (answers, ()) = join(presses, let_go(others)).await;
    let busy = |answer: &&Result<Timestamp, ServiceError>| {
        matches!(answer, Err(ServiceError::Unavailable { seconds: 1.. }))
    };
    let turned_away = answers.iter().filter(busy).count();
    let taken = answers.iter().filter(|answer| answer.is_ok()).count();
    assert!(
        turned_away > 0 && taken > 8_000,
        "{turned_away} and {taken}"
    );
    assert_eq!(turned_away + taken, 10_000);
    assert_eq!(fixture.timestamp_rows().await.len(), taken);
}

#[tokio::test]
async fn what_is_acknowledged_after_a_full_disk_is_stored() {
    let fixture = Fixture::on(Kind::Sqlite).await;
    let (recorder, session) = (recorder(&fixture), fixture.started().await);
    roll_back_at_the_note(&fixture, "no room").await;
    refuse_the_note(&fixture, "poison").await;
    // The first ends its whole transaction, of which the pool knows nothing; the second would then be a savepoint, and
    // undone as one, which leaves a transaction open.
    for note in ["no room", "poison"] {
        assert!(recorded(&fixture, &recorder, &session, note).await.is_err());
    }

    let saved = recorded(&fixture, &recorder, &session, "after it")
        .await
        .unwrap();
    // Through a connection of its own: the writer's would also see what it never commits.
    let rows = fixture.timestamp_rows().await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].id, saved.id.0);
}

fn recorder(fixture: &Fixture) -> Recorder {
    Recorder::start(&fixture.store, &fixture.clock)
}

async fn recorded(
    fixture: &Fixture,
    recorder: &Recorder,
    session: &TestSession,
    note: &str,
) -> Result<Timestamp, ServiceError> {
    let submission = fixture.submission(session, somebody(), press(note));
    let answer = recorder.submit(submission).await;
    answer.map(|recorded| recorded.timestamp)
}

/// Takes the session's lock, as a slow writer would.
async fn hold(fixture: &Fixture, session: &TestSession) -> DatabaseTransaction {
    let tx = fixture.tables.begin().await.unwrap();
    match fixture.database.kind() {
        // A write takes SQLite's one lock.
        Kind::Sqlite => {
            let same = "UPDATE installation SET epoch = epoch";
            tx.execute_unprepared(same).await.unwrap();
        }
        Kind::Postgres => {
            let lock = entity::session::Entity::find_by_id(session.id.0).lock_exclusive();
            lock.one(&tx).await.unwrap();
        }
    }
    tx
}

/// Lets others at the lock, after they had time to gather before it.
async fn let_go(tx: DatabaseTransaction) {
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    tx.rollback().await.unwrap();
}

async fn refuse_the_note(fixture: &Fixture, note: &str) {
    let sql = match fixture.database.kind() {
        Kind::Sqlite => format!(
            "CREATE TRIGGER refuse BEFORE INSERT ON timestamp WHEN NEW.note = '{note}' \
             BEGIN SELECT RAISE(ABORT, 'refused'); END"
        ),
        Kind::Postgres => {
            format!("ALTER TABLE timestamp ADD CONSTRAINT refuse CHECK (note <> '{note}')")
        }
    };
    fixture.tables.execute_unprepared(&sql).await.unwrap();
}

/// Ends the whole transaction in the middle, as SQLite does where the disk is full.
async fn roll_back_at_the_note(fixture: &Fixture, note: &str) {
    let sql = format!(
        "CREATE TRIGGER full BEFORE INSERT ON timestamp WHEN NEW.note = '{note}' \
         BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END"
    );
    fixture.tables.execute_unprepared(&sql).await.unwrap();
}
