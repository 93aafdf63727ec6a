//! The clocks: how far the machine's is from the server's time.

use std::sync::atomic::AtomicU64;

use chrono::TimeDelta;
use prometheus_client::{metrics::gauge::Gauge, registry::Registry};

type Seconds = Gauge<f64, AtomicU64>;

/// How far the clocks are apart.
pub(crate) struct Clocks {
    /// Set when somebody asks.
    wall: Seconds,
}

impl Clocks {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let wall = Seconds::default();
        registry.register(
            "clock_offset_seconds",
            "How far the machine's wall clock is ahead of the server's steady time",
            wall.clone(),
        );
        Self { wall }
    }

    pub(super) fn set_offset(&self, offset: TimeDelta) {
        self.wall.set(offset.as_seconds_f64());
    }
}
