//! Metrics of clients' connections: how many are open, and how many were refused.

use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge},
    registry::Registry,
};

use super::export::exported;

/// The metrics of clients' connections. The default is exported nowhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connections {
    /// Connections that are open.
    pub(crate) open: Gauge,
    /// Connections that were closed at once, because their client network had as many as one may have.
    pub(crate) refused: Counter,
}

impl Connections {
    pub(super) fn register(registry: &mut Registry) -> Self {
        Self {
            open: exported(
                registry,
                "connections",
                "Connections of clients that are open",
                Gauge::default(),
            ),
            refused: exported(
                registry,
                "connection_refusals",
                "Connections that were closed at once, because their client network had too many",
                Counter::default(),
            ),
        }
    }
}
