//! The database's clock beside the server's.

use chrono::TimeDelta;
use server::{clock::Clock, clock_watch::database_offset};

use super::support::on_both_databases;
use crate::support::database::Kind;

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
