//! What moderators did: each act of theirs stands in a log, and all but showing again can be undone.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    offset::Offset,
    text::{Label, Name, Note},
    timestamp::Place,
    utc,
};

/// Names one act of moderation. Made by the browser, so that a long selection can be hidden by several calls, and a retry
/// is no second act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ModerationId(pub Uuid);

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// Timestamps were hidden.
    Hide,
    /// All timestamps of one visitor were hidden.
    HideVisitor,
    /// A visitor was blocked: what they press from then on is hidden from others.
    Block,
    /// Hidden timestamps were shown again, one by one.
    Restore,
    /// A note was changed.
    EditNote,
}

impl ActionKind {
    /// Whether acts of this kind can be undone. Showing again can't: hide the timestamps instead.
    pub fn can_be_undone(self) -> bool {
        match self {
            Self::Hide | Self::HideVisitor | Self::Block | Self::EditNote => true,
            Self::Restore => false,
        }
    }
}

/// One act of moderation, as the log shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moderation {
    /// Its name.
    pub id: ModerationId,
    /// What was done.
    pub deed: ActionKind,
    /// The label of the link by which its author was there.
    pub by: Label,
    /// When it was done, UTC.
    #[serde(deserialize_with = "utc::time")]
    pub at: DateTime<Utc>,
    /// How many timestamps it was done to; of a block, those that it hid since.
    pub timestamps: u32,
    /// The timestamp by which it was done: the only one, or the one that named the visitor.
    pub about: Option<About>,
    /// What an edit changed; none of other acts, and where it isn't known (any more).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<Edit>,
    /// Who undid it, and when.
    pub undone: Option<Undone>,
}

/// What an edit changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The note before; none where there was none.
    pub before: Option<Note>,
    /// The note that was saved; none where it was taken away.
    pub after: Option<Note>,
}

/// A timestamp, in a few words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its segment: 1, 2, 3, ….
    pub segment_index: u32,
    /// Whole seconds since the segment's start.
    pub offset_seconds: Offset,
    /// Its note as it stands.
    pub note: Option<Note>,
    /// The name that was given with it.
    pub name: Option<Name>,
}

/// The undoing of an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// The label of the link by which its author was there.
    pub by: Label,
    /// When, UTC.
    #[serde(deserialize_with = "utc::time")]
    pub at: DateTime<Utc>,
}

/// How far the hiding of all that pass a filter has come: a long list takes several calls, which are one act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swept {
    /// How many timestamps the act has hidden, with all its calls until now.
    pub hidden: u32,
    /// Where the next call goes on; none when the whole list was looked at.
    pub before: Option<Place>,
}

/// How far the undoing of an act has come: what hid many timestamps takes several calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undoing {
    /// The act hides others still: another call shows them.
    GoesOn,
    /// It is undone.
    Done,
}

impl Moderation {
    /// The most acts that one call tells of.
    pub const MOST: usize = 200;

    /// The most timestamps that one call names to be hidden or shown: each is 36 characters of the longest body. More of them
    /// take several calls.
    pub const MOST_NAMED: usize = 200;

    /// The most timestamps that one call looks at or writes under the session's lock, which presses wait for.
    pub const MOST_A_CALL: u64 = 1_000;

    /// Whether it can be undone still.
    pub fn can_be_undone(&self) -> bool {
        let is_known = self.deed != ActionKind::EditNote || self.edit.is_some();
        self.deed.can_be_undone() && is_known && self.undone.is_none()
    }
}
