//! What a person does to a moment. Each is one action of moderation.

use serde::{Deserialize, Serialize};

use super::{
    moment::{EditingState, LAST_SECOND, MomentId},
    range_rule::RangeRule,
};
use crate::domain::{clip_url::ClipUrl, invalid_input::InvalidInput, offset::Offset, text::Title};

/// What a person does to a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MomentEdit {
    /// Gives it a title, or takes it away.
    SetTitle {
        /// The title; `None` takes it away.
        title: Option<Title>,
    },
    /// Gives it a star, or takes it away.
    SetStarred {
        /// Whether it has one afterwards.
        starred: bool,
    },
    /// Hides it from viewers, or shows it again.
    SetHidden {
        /// Whether it is hidden afterwards.
        hidden: bool,
    },
    /// Makes other moments of its segment part of it, with everything that lies between them.
    Merge {
        /// The others. Their ids redirect to it from then on.
        others: Vec<MomentId>,
    },
    /// Splits it in two. The part that its anchor lies in keeps its id.
    Split {
        /// The first second of the later part.
        at: Offset,
    },
    /// Moves its start or its end.
    SetRange {
        /// The first second of its range.
        start: Offset,
        /// The last second of its range.
        end: Offset,
    },
    /// Makes a moment of a range, of whatever was pressed there.
    Make {
        /// The segment: 1, 2, 3, ….
        segment_index: u32,
        /// The first second of its range.
        start: Offset,
        /// The last second of its range.
        end: Offset,
        /// Its title.
        title: Title,
    },
    /// Sets how far the editing has come.
    SetState {
        /// How far; `None` leaves it as it is.
        state: Option<EditingState>,
        /// The finished clip, or that there is none; `None` leaves it as it is.
        clip: Option<Option<ClipUrl>>,
    },
}

/// What a moment was when an edit began: an edit may only replace what its author saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MomentBeganAt {
    /// Its title.
    pub title: Option<Title>,
    /// The finished clip.
    pub clip: Option<ClipUrl>,
    /// How far the editing had come; older pages don't tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<EditingState>,
    /// The first and the last second of its range; older pages don't tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<(Offset, Offset)>,
}

/// A `MomentEdit` as it is typed and sent: not checked yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the edit of the same name")]
pub enum MomentEditInput {
    SetTitle {
        title: String,
    },
    SetStarred {
        starred: bool,
    },
    SetHidden {
        hidden: bool,
    },
    Merge {
        others: Vec<MomentId>,
    },
    Split {
        at: Offset,
    },
    SetRange {
        start: Offset,
        end: Offset,
    },
    Make {
        segment_index: u32,
        start: Offset,
        end: Offset,
        title: String,
    },
    SetState {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<EditingState>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clip: Option<String>,
    },
}

impl MomentEdit {
    /// The most moments that one call merges into another one.
    pub const MOST_MERGED: usize = 50;
}

impl MomentEditInput {
    /// Checks it.
    ///
    /// # Errors
    /// The rule that it breaks: a text, an address, or a range that has no second.
    pub fn parse(self) -> Result<MomentEdit, InvalidInput> {
        Ok(match self {
            Self::SetTitle { title } => MomentEdit::SetTitle {
                title: Title::parse_optional(&title)?,
            },
            Self::SetStarred { starred } => MomentEdit::SetStarred { starred },
            Self::SetHidden { hidden } => MomentEdit::SetHidden { hidden },
            Self::Merge { others } if (1..=MomentEdit::MOST_MERGED).contains(&others.len()) => {
                MomentEdit::Merge { others }
            }
            Self::Merge { .. } => return Err(RangeRule::Merge.into()),
            Self::Split { at } if at.seconds() <= LAST_SECOND => MomentEdit::Split { at },
            Self::Split { .. } => return Err(RangeRule::Split.into()),
            Self::SetRange { start, end } => {
                let (start, end) = bounds(start, end)?;
                MomentEdit::SetRange { start, end }
            }
            Self::Make {
                segment_index,
                start,
                end,
                title,
            } => {
                let (start, end) = bounds(start, end)?;
                MomentEdit::Make {
                    segment_index,
                    start,
                    end,
                    title: Title::parse(&title)?,
                }
            }
            Self::SetState { state, clip } => MomentEdit::SetState {
                state,
                clip: clip
                    .map(|clip| ClipUrl::parse_optional(&clip))
                    .transpose()?,
            },
        })
    }
}

/// The first and the last second of a range. One that reaches beyond what is counted ends there, as one that reaches beyond the
/// present ends soon after it.
fn bounds(start: Offset, end: Offset) -> Result<(Offset, Offset), RangeRule> {
    let within = end.min(Offset(LAST_SECOND));
    match start <= within {
        true => Ok((start, within)),
        false => Err(RangeRule::Bounds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_checked_before_anything_is_done() {
        let title = |title: &str| MomentEditInput::SetTitle {
            title: title.to_owned(),
        };
        assert_eq!(
            title("  ").parse(),
            Ok(MomentEdit::SetTitle { title: None })
        );
        assert!(title(&"x".repeat(121)).parse().is_err());
        let range = |start, end| MomentEditInput::SetRange {
            start: Offset(start),
            end: Offset(end),
        };
        let last = LAST_SECOND;
        let set = |start, end| {
            Ok(MomentEdit::SetRange {
                start: Offset(start),
                end: Offset(end),
            })
        };
        assert_eq!(range(3, 3).parse(), set(3, 3), "a single second");
        for end in [last, last + 1, u32::MAX] {
            assert_eq!(range(0, end).parse(), set(0, last));
        }
        for (start, end) in [(4, 3), (last + 1, last + 2)] {
            assert_eq!(range(start, end).parse(), Err(RangeRule::Bounds.into()));
        }
        let split = |at| MomentEditInput::Split { at: Offset(at) }.parse();
        assert!(split(last).is_ok());
        assert_eq!(split(last + 1), Err(RangeRule::Split.into()));
        let state = |clip: &str| MomentEditInput::SetState {
            state: Some(EditingState::Cut),
            clip: Some(clip.to_owned()),
        };
        assert_eq!(state("javascript:x").parse(), Err(InvalidInput::ClipUrl));
        assert!(state("").parse().is_ok() && state("https://a.example").parse().is_ok());
        let others = |count| MomentEditInput::Merge {
            others: vec![MomentId(uuid::Uuid::nil()); count],
        };
        assert!(others(1).parse().is_ok() && others(50).parse().is_ok());
        assert_eq!(others(51).parse(), Err(RangeRule::Merge.into()));
        assert_eq!(others(0).parse(), Err(RangeRule::Merge.into()));
    }

    #[test]
    fn an_edit_travels_as_an_object_with_its_kind() {
        let json = serde_json::to_string(&MomentEditInput::Split { at: Offset(7) }).unwrap();
        assert_eq!(json, r#"{"edit":"split","at":7}"#);
        let read: MomentEditInput = serde_json::from_str(&json).unwrap();
        assert_eq!(read, MomentEditInput::Split { at: Offset(7) });
        let state = MomentEditInput::SetState {
            state: Some(EditingState::Cut),
            clip: None,
        };
        let json = serde_json::to_string(&state).unwrap();
        assert_eq!(json, r#"{"edit":"set_state","state":"cut"}"#);
        let read: MomentEditInput = serde_json::from_str(&json).unwrap();
        assert_eq!(read, state, "what is not sent stays as it is");
    }

    /// Pages that were loaded before `state` and `range` existed, and servers that don't know them yet.
    #[test]
    fn what_an_edit_began_at_is_read_from_older_pages_too() {
        let read: MomentBeganAt = serde_json::from_str(r#"{"title":null,"clip":null}"#).unwrap();
        assert_eq!(read, MomentBeganAt::default());
        let began_at = MomentBeganAt {
            state: Some(EditingState::Cut),
            range: Some((Offset(80), Offset(95))),
            ..read
        };
        let json = serde_json::to_string(&began_at).unwrap();
        assert_eq!(
            json,
            r#"{"title":null,"clip":null,"state":"cut","range":[80,95]}"#
        );
        let read: MomentBeganAt = serde_json::from_str(&json).unwrap();
        assert_eq!(read, began_at);
    }
}
