//! What the server counts and measures of itself, for Prometheus: `docs/metrics.md` lists it. Counting is an atomic addition;
//! what stands somewhere already is read when somebody asks.

mod clocks;
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
    database::{Begins, Pool},
    limits::Refusals,
};

/// All that is counted and measured. Cheap to clone; every store has its own.
#[derive(Clone)]
pub struct Metrics(Arc<All>);

/// What `Metrics` are: one field a subject.
pub struct All {
    pub(crate) registry: Registry,
    pub(crate) presses: presses::Presses,
    pub(crate) recorder: recorder::Recorder,
    pub(crate) live: live::Live,
    pub(crate) database: database::Database,
    pub(crate) limits: limits::Refusals,
    pub(crate) clocks: clocks::Clocks,
    pub(crate) tasks: tasks::Tasks,
}

impl Metrics {
    /// Nothing is counted yet.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("clips");
        Self(Arc::new(All {
            presses: presses::Presses::register(&mut registry),
            recorder: recorder::Recorder::register(&mut registry),
            live: live::Live::register(&mut registry),
            database: database::Database::register(&mut registry),
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
