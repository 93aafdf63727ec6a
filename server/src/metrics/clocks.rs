//! Metrics of clocks: how far the machine's and the database's are from the server's time.

use std::sync::atomic::AtomicU64;

use chrono::TimeDelta;
use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

use super::{export::exported, label::Pair};

type Seconds = Gauge<f64, AtomicU64>;

/// How far the clocks differ.
pub(crate) struct Clocks {
    /// Set at scrape time.
    wall: Seconds,
    /// Not exported until a database with its own clock has been queried.
    database: Family<[Pair; 0], Seconds>,
}

impl Clocks {
    pub(crate) fn register(registry: &mut Registry) -> Self {
        Self {
            wall: exported(
                registry,
                "clock_offset_seconds",
                "How far the machine's wall clock is ahead of the server's clock",
                Seconds::default(),
            ),
            database: exported(
                registry,
                "database_clock_offset_seconds",
                "How far the database's clock is ahead of the server's clock",
                Family::default(),
            ),
        }
    }

    pub(crate) fn set_offset(&self, offset: TimeDelta) {
        self.wall.set(offset.as_seconds_f64());
    }

    /// How far the database's clock is ahead.
    pub(crate) fn set_database_offset(&self, offset: TimeDelta) {
        let database = self.database.get_or_create(&[]);
        database.set(offset.as_seconds_f64());
    }
}
