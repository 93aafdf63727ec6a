//! Metrics of the recorder: queue length, batch size, and commit duration.

use std::time::Duration;

use prometheus_client::{
    metrics::{gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::export::{SECONDS, exported};

/// The metrics of the recorder.
pub(crate) struct Recorder {
    /// Set at scrape time.
    pub(crate) queued: Gauge,
    batch: Histogram,
    commit: Histogram,
}

impl Recorder {
    pub(crate) fn register(registry: &mut Registry) -> Self {
        Self {
            queued: exported(
                registry,
                "recorder_queued_presses",
                "Presses that wait for their batch",
                Gauge::default(),
            ),
            batch: exported(
                registry,
                "recorder_batch_presses",
                "Presses that one transaction recorded or refused",
                Histogram::new([1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0]),
            ),
            commit: exported(
                registry,
                "recorder_commit_seconds",
                "Time that a batch took, until its commit was durable",
                Histogram::new(SECONDS),
            ),
        }
    }

    /// A batch of this many presses was committed after this long.
    pub(crate) fn committed(&self, presses: usize, took: Duration) {
        // A few hundred at most.
        self.batch.observe(presses as f64);
        self.commit.observe(took.as_secs_f64());
    }
}
