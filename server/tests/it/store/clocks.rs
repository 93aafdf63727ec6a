//! The database's clock beside the server's.

use chrono::TimeDelta;
use server::{
    clock::Clock,
    clock_watch::{self, database_offset},
    store::{Store, Submission},
};

use super::support::{Fixture, on_both_databases, press, somebody};
use crate::support::database::Kind;

/// How much the times of two servers may differ, including how long a query of the database's clock takes.
const APART: TimeDelta = TimeDelta::milliseconds(100);

#[tokio::test]
async fn the_clock_of_postgres_is_compared_and_an_embedded_database_has_none() {
    on_both_databases(async |fixture| {
        let machine = database_offset(&fixture.store, &Clock::System)
            .await
            .unwrap();
        let wrong = database_offset(&fixture.store, &fixture.clock)
            .await
            .unwrap();
        match fixture.database.kind() {
            Kind::Sqlite => assert_eq!((machine, wrong), (None, None)),
            Kind::Postgres => {
                // Both run on this machine.
                assert!(machine.unwrap().abs() < TimeDelta::seconds(1));
                let apart = Clock::System.now() - fixture.clock.now();
                assert!((wrong.unwrap() - apart).abs() < TimeDelta::seconds(5));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn servers_whose_machines_differ_give_a_press_the_same_time() {
    let mut fixture = Fixture::on(Kind::Postgres).await;
    let wrong = [
        TimeDelta::seconds(5),
        TimeDelta::zero(),
        TimeDelta::hours(-3),
    ];
    let clocks = wrong.map(Clock::wrong_by);
    for clock in &clocks {
        clock_watch::adopt_database_time(&fixture.store, clock)
            .await
            .unwrap();
    }
    fixture.clock = clocks[0].clone();
    let session = fixture.started().await;
    for clock in &clocks {
        let store = Store::open(fixture.database.url()).await.unwrap();
        let before = fixture.store.time().await.unwrap().unwrap();
        let pressed = Submission {
            received: clock.now(),
            ..fixture.submission(&session, somebody(), press("at the same time"))
        };
        store.record(clock, [pressed]).await.unwrap();
        let after = fixture.store.time().await.unwrap().unwrap();
        let rows = fixture.timestamp_rows().await;
        let told = rows.last().unwrap().created_at;
        assert!(before - APART <= told && told <= after + APART, "{told}");
    }
    for (clock, wrong) in clocks.iter().zip(wrong) {
        let offset = database_offset(&fixture.store, clock).await.unwrap();
        assert!(offset.unwrap().abs() <= APART);
        // It is the machine's clock that is reported to differ.
        assert!((clock.offset() - wrong).abs() < TimeDelta::seconds(1));
    }
}

#[tokio::test]
async fn over_an_embedded_database_the_machines_clock_is_followed() {
    let fixture = Fixture::on(Kind::Sqlite).await;
    let clock = Clock::wrong_by(TimeDelta::seconds(5));
    clock_watch::adopt_database_time(&fixture.store, &clock)
        .await
        .unwrap();
    let ahead = clock.now() - Clock::System.now();
    assert!((ahead - TimeDelta::seconds(5)).abs() < TimeDelta::seconds(1));
}

#[tokio::test]
async fn a_clock_that_is_turned_by_hand_follows_none() {
    on_both_databases(async |fixture| {
        let before = fixture.clock.now();
        clock_watch::adopt_database_time(&fixture.store, &fixture.clock)
            .await
            .unwrap();
        fixture.clock.follow(TimeDelta::hours(5));
        assert_eq!(fixture.clock.now(), before);
    })
    .await;
}
