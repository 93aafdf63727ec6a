//! Metrics of the database: how many connections are in use, and how long transactions wait to begin.

use std::time::Instant;

use prometheus_client::{
    metrics::{family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::{
    export::exported,
    label::{Label, Pair, PerLabel},
};

/// The metrics of the database.
pub(crate) struct Database {
    /// Set at scrape time.
    connections: Family<[Pair; 2], Gauge>,
    waits: PerLabel<Begins, Histogram>,
}

/// The connection pools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pool {
    /// For writes, and on Postgres for reads, too.
    Writer,
    /// For recording presses, on Postgres.
    Recorder,
    /// For reads from an embedded database.
    Reader,
}

impl Pool {
    fn name(self) -> &'static str {
        match self {
            Self::Writer => "writer",
            Self::Recorder => "recorder",
            Self::Reader => "reader",
        }
    }
}

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begins {
    /// Recording presses.
    Presses,
    /// Other writes.
    Requests,
    /// Reads.
    Reads,
}

impl Label for Begins {
    const NAME: &'static str = "transaction";
    const ALL: &'static [Self] = &[Self::Presses, Self::Requests, Self::Reads];

    fn value(self) -> &'static str {
        match self {
            Self::Presses => "presses",
            Self::Requests => "requests",
            Self::Reads => "reads",
        }
    }
}

impl Database {
    pub(crate) fn register(registry: &mut Registry) -> Self {
        Self {
            connections: exported(
                registry,
                "database_connections",
                "Connections to the database that are open",
                Family::default(),
            ),
            waits: PerLabel::register(
                registry,
                "database_wait_seconds",
                "Time until a transaction began: the wait for a connection, and on SQLite for the write lock",
                || {
                    Histogram::new([
                        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                        0.25, 0.5, 1.0, 2.5,
                    ])
                },
            ),
        }
    }

    /// Sets the size of a pool, and how many of its connections are idle.
    pub(crate) fn pool(&self, pool: Pool, open: usize, idle: usize) {
        for (state, count) in [("idle", idle), ("used", open.saturating_sub(idle))] {
            let labels = [("pool", pool.name()), ("state", state)];
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            self.connections.get_or_create(&labels).set(count);
        }
    }

    /// Begins a transaction, and measures how long that takes, whether or not it succeeds.
    pub(crate) async fn begun<T, E>(
        &self,
        what: Begins,
        begin: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let asked = Instant::now();
        let begun = begin.await;
        let wait = asked.elapsed();
        self.waits.of(what).observe(wait.as_secs_f64());
        begun
    }
}
