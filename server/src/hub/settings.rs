//! Settings of the live streams.

use std::time::Duration;

/// How the hub works.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long a commit of another process may go unnoticed.
    pub poll: Duration,
    /// How often the clock is sent when nothing happens: proxies close connections that are silent for a minute.
    pub heartbeat: Duration,
    /// Whether other processes over the same database notify this one of their commits.
    pub listen_notify: bool,
    /// The most live streams in total.
    pub streams: usize,
    /// The most live streams of one session.
    pub session_streams: usize,
    /// The most live streams of one client network.
    pub network_streams: usize,
    /// The most live streams of one visitor.
    pub visitor_streams: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(1),
            heartbeat: Duration::from_secs(15),
            listen_notify: true,
            streams: 10_000,
            session_streams: 10_000,
            network_streams: usize::MAX,
            visitor_streams: 8,
        }
    }
}
