//! Registers one metric under its name, and returns it to the code that counts into it.

use prometheus_client::registry::{Metric, Registry};

/// Buckets for durations from a millisecond to a few seconds.
pub(super) const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
];

/// Registers a metric under this name.
pub(super) fn exported<M: Metric + Clone>(
    registry: &mut Registry,
    name: &str,
    help: &str,
    metric: M,
) -> M {
    registry.register(name, help, metric.clone());
    metric
}
