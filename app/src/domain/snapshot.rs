//! What a page starts from: the session at one revision, and older pages of its list.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    revision::Cursor,
    role::{Audience, Role},
    segment::Segment,
    session::Session,
    timestamp::Timestamp,
};

/// A session at one revision. The live stream goes on from its cursor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Where the live stream goes on.
    pub cursor: Cursor,
    /// The server's clock, UTC: pages correct their own by it.
    pub now: DateTime<Utc>,
    /// For whom the list was made.
    pub audience: Audience,
    /// Who the caller is in this session.
    pub role: Role,
    /// Where links to this server begin, like `https://clips.example`, without a slash at the end.
    pub public_url: String,
    /// The session.
    pub session: Session,
    /// Its segments, by index.
    pub segments: Vec<Segment>,
    /// The newest page of its list, in the list's order.
    pub page: Page,
}

/// One page of the list, in the list's order (rule 3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// At most `Page::SIZE` of them.
    pub timestamps: Vec<Timestamp>,
    /// Whether there are others before the first one.
    pub more: bool,
}

impl Page {
    /// The most timestamps that one page holds.
    pub const SIZE: u64 = 200;
}
