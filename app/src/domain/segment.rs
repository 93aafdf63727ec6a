//! A segment: one active stretch of a session.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::utc;

/// One active stretch of a session, as every page sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// 1, 2, 3, … in chronological order.
    pub index: u32,
    /// When it became active.
    #[serde(deserialize_with = "utc::time")]
    pub start_time: DateTime<Utc>,
    /// When it was paused or ended; `None` while it is open.
    #[serde(default, deserialize_with = "utc::maybe_time")]
    pub end_time: Option<DateTime<Utc>>,
    /// How many timestamps it has, not counting hidden ones.
    pub timestamp_count: u32,
}
