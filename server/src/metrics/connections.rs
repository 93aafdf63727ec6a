//! Metrics of clients' connections: how many are open, how many were refused, and how many of them take an export.

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
    /// Exports that are under way; set at scrape time.
    pub(crate) exports: Gauge,
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
            exports: exported(
                registry,
                "exports",
                "Exports that are under way",
                Gauge::default(),
            ),
        }
    }
}
