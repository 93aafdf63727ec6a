//! What pages show of the crowd: the moments, and the curves they are peaks of.
//!
//! The server computes both from all presses, because browsers never learn who made a press. All values are absolute, as of
//! the revision of the snapshot or frame that contains them.

use serde::{Deserialize, Serialize};

use super::moments::moment::{Moment, MomentId};

/// Some values of the crowd curve of one segment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurvePart {
    /// The segment: 1, 2, 3, ….
    pub segment_index: u32,
    /// The width of a bucket in seconds. It doubles as the curve grows, and halves as that shrinks; then all values are
    /// sent again.
    pub bucket_seconds: u32,
    /// Whether the values replace all that were there. Otherwise only the buckets that are named change.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_whole: bool,
    /// Buckets by number with their values: the most visitors who pressed at about the same time, in tenths. Buckets that are
    /// left out keep their value, or hold 0 where all are replaced.
    pub values: Vec<(u32, u32)>,
}

/// Moments and curves of a session that are new or changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Highlights {
    /// Moments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moments: Vec<Moment>,
    /// Moments that are no longer shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faded: Vec<MomentId>,
    /// The curves of the segments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curves: Vec<CurvePart>,
    /// Whether the server doesn't know them yet, because it is still reading the session's presses. A later snapshot has them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pending: bool,
}

impl Highlights {
    /// What is sent as long as the server doesn't know them.
    pub fn pending() -> Self {
        Self {
            pending: true,
            ..Self::default()
        }
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
