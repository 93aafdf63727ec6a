//! The recorder: how much waits, how much one commit records, and how long that takes.

use std::time::Duration;

use prometheus_client::{
    metrics::{gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

/// How the recorder does.
pub(crate) struct Recorder {
    /// Set when somebody asks.
    pub(crate) queued: Gauge,
    batch: Histogram,
    commit: Histogram,
}

impl Recorder {
    pub(crate) fn register(registry: &mut Registry) -> Self {
        let recorder = Self {
            queued: Gauge::default(),
            batch: Histogram::new([1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0]),
            commit: Histogram::new([
                0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
            ]),
        };
        registry.register(
            "recorder_queued_presses",
            "Presses that wait for their batch",
            recorder.queued.clone(),
        );
        registry.register(
            "recorder_batch_presses",
            "Presses that one transaction recorded or refused",
            recorder.batch.clone(),
        );
        registry.register(
            "recorder_commit_seconds",
            "Time that a batch took, until its commit was durable",
            recorder.commit.clone(),
        );
        recorder
    }

    /// A batch of so many presses was committed after so long.
    pub(crate) fn committed(&self, presses: usize, took: Duration) {
        // At most some hundreds.
        self.batch.observe(presses as f64);
        self.commit.observe(took.as_secs_f64());
    }
}
