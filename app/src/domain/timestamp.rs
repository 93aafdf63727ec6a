//! A timestamp: one moment that a viewer marked, and its place in the list.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    labels::LabelId,
    offset::Offset,
    revision::Revision,
    text::{Name, Note},
    utc,
};

/// Identifies one timestamp. A UUIDv7 that the browser creates, so that a retry is no second press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TimestampId(pub Uuid);

/// The note as it was when an edit began: an edit may only replace the note that its author saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeganAt {
    /// The note, if any.
    pub note: Option<Note>,
}

/// One moment that a viewer marked, as a page sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timestamp {
    /// Its id.
    pub id: TimestampId,
    /// The segment that it is in: 1, 2, 3, ….
    pub segment_index: u32,
    /// Whole seconds since that segment's start.
    pub offset_seconds: Offset,
    /// What the viewer said about it.
    pub note: Option<Note>,
    /// Who the viewer says they are.
    pub submitted_by: Option<Name>,
    /// The label that it carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelId>,
    /// When the server received it, UTC.
    #[serde(deserialize_with = "utc::time")]
    pub created_at: DateTime<Utc>,
    /// The session's revision when it was first written: it breaks ties, and never changes.
    pub arrival: Revision,
    /// The session's revision when it last changed.
    pub revision: Revision,
    /// Whether it is hidden from viewers. Only staff lists contain hidden ones.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// Whether it is hidden because of a filtered word, and nobody has looked at it yet. Only staff can see this.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
    /// Whether this browser's visitor made it. Never serialized, because shared responses are the same for everybody. The
    /// browser sets it, which knows its own presses; so does the server in a response for one visitor only.
    #[serde(skip)]
    pub mine: bool,
}

/// The place of a timestamp in the list: segment, then offset, ties by arrival (rule 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// 1, 2, 3, ….
    pub segment_index: u32,
    /// Whole seconds since the segment's start.
    pub offset_seconds: Offset,
    /// The revision when it was first written.
    pub arrival: Revision,
}

impl Timestamp {
    /// The same as its author sees it: marked as theirs, and never as hidden.
    pub fn as_its_author_sees_it(self) -> Self {
        Self {
            hidden: false,
            held: false,
            mine: true,
            ..self
        }
    }

    /// Its place in the list.
    pub fn place(&self) -> Place {
        Place {
            segment_index: self.segment_index,
            offset_seconds: self.offset_seconds,
            arrival: self.arrival,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An empty timestamp, for other tests to modify.
    pub(crate) fn blank() -> Timestamp {
        Timestamp {
            id: TimestampId(Uuid::nil()),
            segment_index: 1,
            offset_seconds: Offset(0),
            note: None,
            submitted_by: None,
            label: None,
            created_at: DateTime::UNIX_EPOCH,
            arrival: Revision(1),
            revision: Revision(1),
            hidden: false,
            held: false,
            mine: false,
        }
    }
}
