//! What travels on the live stream: frames of changes, the clock, and the goodbye.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    revision::Revision,
    segment::Segment,
    session::Session,
    timestamp::{Timestamp, TimestampId},
    utc,
};

/// One batch of changes: the default event of the stream, whose id is the cursor after it.
///
/// Everything in it is absolute, so that a frame which comes twice or late does no harm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The session's revision after this frame.
    pub revision: Revision,
    /// The session, where more of it changed than its count, which the segments tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// The segments that changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<Segment>,
    /// The timestamps that changed and may be seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timestamps: Vec<Timestamp>,
    /// The timestamps that were hidden; public frames only. A page keeps those of its own visitor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<TimestampId>,
    /// The timestamps whose visitor was forgotten: they go from every page, their author's too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub erased: Vec<TimestampId>,
}

impl Frame {
    /// The most timestamps that one frame holds.
    pub const LARGEST: u64 = 500;
}

/// Which frames a page wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frames {
    /// With the session in each of them, changed or not: pages of before that are still open read no others.
    #[default]
    Whole,
    /// With the session only where it changed.
    Lean,
}

/// The names of the stream's events; frames have the default one, `message`.
pub mod event {
    /// Its data is a `Tick`: sent first, and as the heartbeat.
    pub const TICK: &str = "tick";
    /// The cursor doesn't fit: take a new snapshot. Its data is empty.
    pub const SNAPSHOT: &str = "snapshot";
    /// The last event. Its data is a `StreamEnd`.
    pub const GOODBYE: &str = "goodbye";
}

/// The server's clock, by which pages correct theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// UTC.
    #[serde(deserialize_with = "utc::time")]
    pub now: DateTime<Utc>,
}

/// Why a stream ends. Sent as its last event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamEnd {
    /// The server stops; another one comes up soon.
    Restart,
    /// Rights have changed: the page has to ask again whether it may watch.
    RightsChanged,
    /// The session was deleted.
    Gone,
}

impl StreamEnd {
    /// Whether the page shall open the stream again.
    pub fn comes_back(self) -> bool {
        match self {
            Self::Restart | Self::RightsChanged => true,
            Self::Gone => false,
        }
    }
}
