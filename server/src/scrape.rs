//! The content of a scrape: counters, and values that already exist elsewhere and are read at scrape time.

use app::domain::role::Audience;
use prometheus_client::{encoding::prometheus_text, metrics::gauge::Gauge};

use crate::state::State;

/// Everything, in Prometheus' text format (version 0.0.4).
pub(crate) fn text(state: &State) -> String {
    update_gauges(state);
    let mut text = String::new();
    // Writing to memory can't fail.
    let _ = prometheus_text::encode(&mut text, &state.metrics.registry);
    text
}

fn update_gauges(state: &State) {
    let metrics = &state.metrics;
    let audiences = state.hub.audiences();
    for audience in [Audience::Public, Audience::Staff] {
        set(metrics.live.streams.of(audience), audiences.of(audience));
    }
    set(&metrics.live.sessions, state.hub.watched());
    set(&metrics.live.kept_bytes, state.hub.kept_bytes());
    set(&metrics.live.unsent_bytes, state.hub.unsent_bytes());
    set(&metrics.live.listening, state.hub.is_listening().into());
    set(&metrics.connections.exports, state.exports.count());
    set(&metrics.recorder.queued, state.recorder.queued());
    for (pool, open, idle) in state.store.connections() {
        metrics.database.pool(pool, open, idle);
    }
    metrics.clocks.set_offset(state.clock.offset());
}

fn set(gauge: &Gauge, count: usize) {
    gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
}
