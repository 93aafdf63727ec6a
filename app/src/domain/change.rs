//! The messages of the live stream: frames of changes, the clock, and the stream's end.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    highlights::Highlights,
    revision::Revision,
    segment::Segment,
    session::Session,
    timestamp::{Timestamp, TimestampId},
    utc,
};

/// One batch of changes: the default event of the stream, whose id is the cursor after it.
///
/// Everything in it is absolute, so a duplicate or late frame does no harm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The session's revision after this frame.
    pub revision: Revision,
    /// The session, if more of it has changed than its count, which the segments carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// The segments that have changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<Segment>,
    /// The visible timestamps that have changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timestamps: Vec<Timestamp>,
    /// The timestamps that were hidden; public frames only. A page keeps those of its own visitor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<TimestampId>,
    /// The timestamps whose visitor was erased: they are removed from every page, including their author's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub erased: Vec<TimestampId>,
    /// What changed in its moments.
    #[serde(default, skip_serializing_if = "Highlights::is_empty")]
    pub highlights: Highlights,
}

impl Frame {
    /// The most timestamps in one frame.
    pub const LARGEST: u64 = 500;
}

/// Which kind of frames a page wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frames {
    /// With the session in each of them, changed or not: open pages of earlier builds need it.
    #[default]
    Whole,
    /// With the session only if it has changed.
    Lean,
}

/// The names of the stream's events; frames have the default one, `message`.
pub mod event {
    /// Its data is a `Tick`: sent first, and as the heartbeat.
    pub const TICK: &str = "tick";
    /// The cursor can't be continued: take a new snapshot. Its data is empty.
    pub const SNAPSHOT: &str = "snapshot";
    /// Who is here, for the staff's streams only. Its data is a `Presence`; it has no revision, and only the newest counts.
    pub const PRESENCE: &str = "presence";
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
    /// The server is stopping; another one will be up soon.
    Restart,
    /// Rights have changed: the page has to ask again whether it may watch.
    RightsChanged,
    /// The session was deleted.
    Gone,
}

impl StreamEnd {
    /// Whether the page should reopen the stream.
    pub fn comes_back(self) -> bool {
        match self {
            Self::Restart | Self::RightsChanged => true,
            Self::Gone => false,
        }
    }
}
