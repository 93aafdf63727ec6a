//! What a page starts from: the session at one revision, and older pages of its list.

use serde::{Deserialize, Serialize};

use super::{
    highlights::Highlights,
    revision::Cursor,
    role::{Audience, Role},
    segment::Segment,
    session::Session,
    timestamp::Timestamp,
};

/// A session at one revision. The live stream continues from its cursor.
///
/// A public one is the same for everybody, and contains no time of day: its bytes are shared (`server/src/bodies`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Where the live stream continues.
    pub cursor: Cursor,
    /// The audience of the list.
    pub audience: Audience,
    /// The session.
    pub session: Session,
    /// Its segments, by index.
    pub segments: Vec<Segment>,
    /// The newest page of its list, in the list's order.
    pub page: Page,
    /// Its moments, and the curves that they stand out of. Where only moderators see the list, the public has none.
    #[serde(default, skip_serializing_if = "Highlights::is_empty")]
    pub highlights: Highlights,
}

/// What a staff page starts from: a snapshot for moderators and the streamer, and the caller's role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    /// The caller's role in this session.
    pub role: Role,
    /// The start of links to this server, like `https://clips.example`, without a trailing slash.
    pub public_url: String,
    /// The session, with its hidden timestamps.
    pub snapshot: Snapshot,
}

/// One page of the list, in the list's order (rule 3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// At most `Page::SIZE` of them.
    pub timestamps: Vec<Timestamp>,
    /// Whether there are others before the first one.
    pub more: bool,
}

impl Page {
    /// The most timestamps that one page holds.
    pub const SIZE: u64 = 200;

    /// How many timestamps a snapshot begins with. Viewers are shown the newest 30 and load no others; the rest replaces
    /// those that are hidden while the page is open.
    pub fn size(audience: Audience) -> u64 {
        match audience {
            Audience::Public => 100,
            Audience::Staff => Self::SIZE,
        }
    }
}
