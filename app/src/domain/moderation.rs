//! The log of moderation: each action is recorded, and all of them except restoring can be undone.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    offset::Offset,
    text::{Label, Name, Note, Title},
    timestamp::Place,
    utc,
};

/// Identifies one moderation action. The browser creates it, so that a long selection can be hidden by several calls, and a
/// retry is no second action.
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
    /// Hidden timestamps were restored, one by one.
    Restore,
    /// A note was changed.
    EditNote,
    /// A range was made a moment with a title.
    MakeMoment,
    /// A moment got a title, or lost it.
    TitleMoment,
    /// A moment got a star.
    StarMoment,
    /// A moment lost its star.
    UnstarMoment,
    /// A moment was hidden from viewers.
    HideMoment,
    /// A hidden moment was shown again.
    ShowMoment,
    /// Moments became one.
    MergeMoments,
    /// A moment became two.
    SplitMoment,
    /// The start or end of a moment was moved.
    MoveMoment,
    /// It was set how far the editing of a moment has come.
    SetMomentState,
    /// Something that this build doesn't know: tabs outlive a deployment. The server never sends it.
    #[serde(other)]
    Unspecified,
}

impl ActionKind {
    /// Whether actions of this kind can be undone. Restoring can't: hide the timestamps again instead.
    pub fn can_be_undone(self) -> bool {
        match self {
            Self::Hide
            | Self::HideVisitor
            | Self::Block
            | Self::EditNote
            | Self::MakeMoment
            | Self::TitleMoment
            | Self::StarMoment
            | Self::UnstarMoment
            | Self::HideMoment
            | Self::ShowMoment
            | Self::MergeMoments
            | Self::SplitMoment
            | Self::MoveMoment
            | Self::SetMomentState => true,
            Self::Restore | Self::Unspecified => false,
        }
    }
}

/// One moderation action, as the log shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModerationAction {
    /// Its id.
    pub id: ModerationId,
    /// What was done.
    #[serde(rename = "deed")]
    pub kind: ActionKind,
    /// The label of the link that made its author staff.
    pub by: Label,
    /// When it was done, UTC.
    #[serde(deserialize_with = "utc::time")]
    pub at: DateTime<Utc>,
    /// How many timestamps it affected; for a block, those that it has hidden since.
    pub timestamps: u32,
    /// The timestamp that it refers to: the only one, or the one that identified the visitor.
    pub about: Option<About>,
    /// The moment that it refers to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moment: Option<AboutMoment>,
    /// What an edit changed; `None` for other actions, and if it is not known (any more).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<Edit>,
    /// Who undid it, and when.
    pub undone: Option<Undone>,
}

/// What an edit changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The note before; `None` if there was none.
    pub before: Option<Note>,
    /// The note that was saved; `None` if it was removed.
    pub after: Option<Note>,
}

/// A short description of a timestamp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its segment: 1, 2, 3, ….
    pub segment_index: u32,
    /// Whole seconds since the segment's start.
    pub offset_seconds: Offset,
    /// Its current note.
    pub note: Option<Note>,
    /// The name that was given with it.
    pub name: Option<Name>,
}

/// A short description of a moment, and what was changed of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutMoment {
    /// Its segment: 1, 2, 3, ….
    pub segment_index: u32,
    /// Where lists showed it when the action was done, in whole seconds since the segment's start; where its anchor is, if that
    /// is not known.
    pub at: Offset,
    /// Its current title.
    pub title: Option<Title>,
    /// What the action replaced: a title, or a state and the address of a clip; empty where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What it was replaced by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How many others a merge made part of it, those between the merged ones included; `None` for other actions, and once it
    /// is undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<u32>,
}

/// How an action was undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// The label of the link that made its author staff.
    pub by: Label,
    /// When, UTC.
    #[serde(deserialize_with = "utc::time")]
    pub at: DateTime<Utc>,
}

/// The progress of hiding all rows that match a filter: a long list takes several calls, which are one action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swept {
    /// How many timestamps the action has hidden, in all calls so far.
    pub hidden: u32,
    /// Where the next call continues; `None` once the whole list has been scanned.
    pub before: Option<Place>,
}

/// The progress of undoing an action: one that hid many timestamps takes several calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undoing {
    /// The action still hides others: another call restores them.
    GoesOn,
    /// It is undone.
    Done,
}

impl ModerationAction {
    /// The most actions in one answer.
    pub const MOST: usize = 200;

    /// The most timestamps that one call may name to be hidden or restored: each takes 36 characters of the longest body.
    /// More of them take several calls.
    pub const MOST_NAMED: usize = 200;

    /// The most timestamps that one call reads or writes under the session's lock, which presses wait for.
    pub const MOST_A_CALL: u64 = 1_000;

    /// Whether it can still be undone.
    pub fn can_be_undone(&self) -> bool {
        let is_known = self.kind != ActionKind::EditNote || self.edit.is_some();
        self.kind.can_be_undone() && is_known && self.undone.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tab_reads_a_log_with_actions_that_it_does_not_know_and_offers_no_undoing_of_them() {
        let log = |kind: &str| {
            let id = Uuid::nil();
            format!(
                r#"[{{"id":"{id}","deed":"{kind}","by":"Mia","at":"2026-01-02T03:04:05Z","timestamps":0,"about":null,"undone":null}}]"#
            )
        };
        let read = |kind| {
            serde_json::from_str::<Vec<ModerationAction>>(&log(kind))
                .unwrap()
                .remove(0)
        };
        assert_eq!(read("star_moment").kind, ActionKind::StarMoment);
        let later = read("paint_moment");
        assert_eq!(later.kind, ActionKind::Unspecified);
        assert!(!later.can_be_undone());
    }
}
