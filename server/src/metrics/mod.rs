//! The server's metrics for Prometheus, as listed in `docs/metrics.md`. Counting is an atomic addition; values that already
//! exist elsewhere are read at scrape time.

mod clocks;
mod connections;
mod database;
mod export;
mod label;
mod limits;
mod live;
mod presses;
mod recorder;
mod tasks;

use std::{ops::Deref, sync::Arc};

use prometheus_client::registry::Registry;

pub use self::live::Audiences;
pub(crate) use self::{
    connections::Connections,
    database::{Begins, Pool},
    limits::Refusals,
};

/// All metrics. Cheap to clone; each store has its own.
#[derive(Clone)]
pub struct Metrics(Arc<All>);

/// The content of `Metrics`: one field per subject.
pub struct All {
    pub(crate) registry: Registry,
    pub(crate) presses: presses::Presses,
    pub(crate) recorder: recorder::Recorder,
    pub(crate) live: live::Live,
    pub(crate) database: database::Database,
    pub(crate) connections: connections::Connections,
    pub(crate) limits: limits::Refusals,
    pub(crate) clocks: clocks::Clocks,
    pub(crate) tasks: tasks::Tasks,
}

impl Metrics {
    /// All metrics at zero.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("clips");
        Self(Arc::new(All {
            presses: presses::Presses::register(&mut registry),
            recorder: recorder::Recorder::register(&mut registry),
            live: live::Live::register(&mut registry),
            database: database::Database::register(&mut registry),
            connections: connections::Connections::register(&mut registry),
            limits: limits::register(&mut registry),
            clocks: clocks::Clocks::register(&mut registry),
            tasks: tasks::Tasks::register(&mut registry),
            registry,
        }))
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for Metrics {
    type Target = All;

    fn deref(&self) -> &All {
        &self.0
    }
}
