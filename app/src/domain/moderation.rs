//! What moderators did: each act of theirs stands in a log, and all but showing again can be undone.

use std::fmt;

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
pub enum Deed {
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

impl Deed {
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
    pub deed: Deed,
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
        let is_known = self.deed != Deed::EditNote || self.edit.is_some();
        self.deed.can_be_undone() && is_known && self.undone.is_none()
    }
}

impl fmt::Display for Moderation {
    /// What was done, without who and when.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let many = |f: &mut fmt::Formatter<'_>| match self.timestamps {
            1 => write!(f, "1 timestamp"),
            many => write!(f, "{many} timestamps"),
        };
        let about = |f: &mut fmt::Formatter<'_>| match &self.about {
            Some(about) => write!(f, "{about}"),
            None => write!(f, "a timestamp"),
        };
        match (self.deed, self.timestamps) {
            (Deed::Hide, 1) => {
                write!(f, "hid ")?;
                about(f)
            }
            (Deed::Hide, _) => {
                write!(f, "hid ")?;
                many(f)
            }
            (Deed::Restore, 1) => {
                write!(f, "showed ")?;
                about(f)?;
                write!(f, " again")
            }
            (Deed::Restore, _) => {
                write!(f, "showed ")?;
                many(f)?;
                write!(f, " again")
            }
            (Deed::HideVisitor, _) => {
                write!(f, "hid all of the viewer of ")?;
                about(f)?;
                write!(f, " (")?;
                many(f)?;
                write!(f, ")")
            }
            (Deed::Block, _) => {
                write!(f, "blocked the viewer of ")?;
                about(f)?;
                write!(f, " (")?;
                many(f)?;
                write!(f, " since)")
            }
            (Deed::EditNote, _) => {
                write!(f, "changed the note of ")?;
                about(f)
            }
        }
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} in segment {}",
            self.offset_seconds, self.segment_index
        )?;
        if let Some(name) = &self.name {
            write!(f, " by {name}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(deed: Deed, timestamps: u32) -> String {
        let act = Moderation {
            id: ModerationId(Uuid::nil()),
            deed,
            by: Label::parse("Anna").unwrap(),
            at: DateTime::UNIX_EPOCH,
            timestamps,
            about: (timestamps != 3).then(|| About {
                segment_index: 2,
                offset_seconds: Offset(75),
                note: None,
                name: Some(Name::parse("Ciri").unwrap()),
            }),
            edit: None,
            undone: None,
        };
        act.to_string()
    }

    #[test]
    fn an_act_is_told_in_words() {
        let words = [
            act(Deed::Hide, 1),
            act(Deed::Hide, 3),
            act(Deed::HideVisitor, 4),
            act(Deed::Block, 0),
            act(Deed::Restore, 1),
            act(Deed::Restore, 3),
            act(Deed::EditNote, 1),
        ];
        insta::assert_snapshot!(words.join("\n"), @r"
        hid 00:01:15 in segment 2 by Ciri
        hid 3 timestamps
        hid all of the viewer of 00:01:15 in segment 2 by Ciri (4 timestamps)
        blocked the viewer of 00:01:15 in segment 2 by Ciri (0 timestamps since)
        showed 00:01:15 in segment 2 by Ciri again
        showed 3 timestamps again
        changed the note of 00:01:15 in segment 2 by Ciri
        ");
    }
}
