//! Settings of the live streams.

use std::time::Duration;

use app::domain::presence::ANNOUNCEMENT_LASTS;

/// How the hub works.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long a commit of another process may go unnoticed.
    pub poll: Duration,
    /// How often the clock is sent: proxies close connections that are silent for a minute, and pages tell by the clock how late
    /// what they get is.
    pub heartbeat: Duration,
    /// Whether other processes over the same database notify this one of their commits.
    pub listen_notify: bool,
    /// How long a staff page counts as here after it has announced itself.
    pub announcement_lasts: Duration,
    /// How often this process tells the others who is here, if nothing changes.
    pub presence_interval: Duration,
    /// How long a process must say nothing before nobody whom it named counts as here any more.
    pub process_silence: Duration,
    /// How many bytes those frames may take together that were built for one stream alone, until they are taken: the others are
    /// shared. Clients that take them slowly would otherwise have the server keep one for each of their streams.
    pub unsent_bytes: u32,
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
            announcement_lasts: ANNOUNCEMENT_LASTS,
            presence_interval: Duration::from_secs(5),
            // Two notifications that were lost, or are late, take nobody off the list.
            process_silence: Duration::from_secs(12),
            unsent_bytes: 64 << 20,
            streams: 10_000,
            session_streams: 10_000,
            network_streams: usize::MAX,
            visitor_streams: 8,
        }
    }
}
