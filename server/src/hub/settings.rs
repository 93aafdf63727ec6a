//! What the operator may set of the live streams.

use std::time::Duration;

/// How the hub works.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long a commit of another process can stay unseen.
    pub poll: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(1),
        }
    }
}
