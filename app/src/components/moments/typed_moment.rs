//! What is typed in the dialog about a moment, and what has to be done so that the moment becomes that.

use crate::{
    domain::{
        clip_url::ClipUrl,
        invalid_input::InvalidInput,
        moments::{
            moment::{EditingState, Moment},
            moment_edit::{MomentBeganAt, MomentEditInput},
        },
        offset::Offset,
        text::Title,
    },
    service::ServiceError,
};

/// What is typed in the dialog about a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TypedMoment {
    /// The title.
    pub(super) title: String,
    /// The first second of its range.
    pub(super) start: String,
    /// The last one.
    pub(super) end: String,
    /// How far the editing has come.
    pub(super) state: EditingState,
    /// The address of the clip.
    pub(super) clip: String,
    /// Where to split it.
    pub(super) split_at: String,
}

impl TypedMoment {
    /// What the fields of a moment show before anything is typed.
    pub(super) fn of(moment: &Moment, split_at: Offset) -> Self {
        Self {
            title: typed_text(moment.title.clone()),
            start: moment.start.to_string(),
            end: moment.end.to_string(),
            state: moment.state,
            clip: typed_text(moment.clip.clone()),
            split_at: split_at.to_string(),
        }
    }

    /// What has to be done so that a moment becomes what was typed: each is an action of its own.
    pub(super) fn edits(&self, before: &Self) -> Result<Vec<MomentEditInput>, InvalidInput> {
        let mut edits = Vec::new();
        if self.title != before.title {
            edits.push(MomentEditInput::SetTitle {
                title: self.title.clone(),
            });
        }
        if (&self.start, &self.end) != (&before.start, &before.end) {
            let [start, end] = [&self.start, &self.end].map(|typed| Offset::parse(typed));
            let (Some(start), Some(end)) = (start, end) else {
                return Err(InvalidInput::Time);
            };
            edits.push(MomentEditInput::SetRange { start, end });
        }
        if (self.state, &self.clip) != (before.state, &before.clip) {
            edits.push(MomentEditInput::SetState {
                state: (self.state != before.state).then_some(self.state),
                clip: (self.clip != before.clip).then(|| self.clip.clone()),
            });
        }
        for edit in &edits {
            edit.clone().parse()?;
        }
        Ok(edits)
    }

    /// What has to be done so that it is split there. What was typed beside it is saved first: the dialog closes, and it would
    /// be lost.
    pub(super) fn split(&self, before: &Self) -> Result<Vec<MomentEditInput>, InvalidInput> {
        let at = Offset::parse(&self.split_at).ok_or(InvalidInput::Time)?;
        let split = MomentEditInput::Split { at };
        split.clone().parse()?;
        let mut edits = self.edits(before)?;
        edits.push(split);
        Ok(edits)
    }

    /// What an edit may replace if the moment is still as these fields say.
    pub(super) fn began_at(&self) -> MomentBeganAt {
        let [start, end] = [&self.start, &self.end].map(|typed| Offset::parse(typed));
        MomentBeganAt {
            title: Title::parse_optional(&self.title).ok().flatten(),
            clip: ClipUrl::parse_optional(&self.clip).ok().flatten(),
            state: Some(self.state),
            range: start.zip(end),
        }
    }

    /// What stands after these edits, of those that `sent` asked for.
    pub(super) fn after(self, edits: &[MomentEditInput], sent: &Self) -> Self {
        let mut after = self;
        for edit in edits {
            match edit {
                MomentEditInput::SetTitle { .. } => after.title.clone_from(&sent.title),
                MomentEditInput::SetRange { .. } => {
                    after.start.clone_from(&sent.start);
                    after.end.clone_from(&sent.end);
                }
                MomentEditInput::SetState { .. } => {
                    after.state = sent.state;
                    after.clip.clone_from(&sent.clip);
                }
                MomentEditInput::SetStarred { .. }
                | MomentEditInput::SetHidden { .. }
                | MomentEditInput::Merge { .. }
                | MomentEditInput::Split { .. }
                | MomentEditInput::Make { .. } => {}
            }
        }
        after
    }

    /// Having been shown what somebody else wrote, a user who saves again means to replace it.
    pub(super) fn sees(&mut self, refusal: &ServiceError) {
        match refusal {
            ServiceError::TitleEdited { title } => self.title = typed_text(title.clone()),
            ServiceError::ClipEdited { clip } => self.clip = typed_text(clip.clone()),
            ServiceError::StateEdited(state) => self.state = *state,
            ServiceError::RangeEdited { start, end } => {
                self.start = start.to_string();
                self.end = end.to_string();
            }
            _ => {}
        }
    }
}

/// What stands in the field of an optional text.
fn typed_text(text: Option<impl Into<String>>) -> String {
    text.map(Into::into).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::{super::moment_markup::tests::moment, *};

    fn typed() -> TypedMoment {
        TypedMoment::of(&moment(&[]), Offset(84))
    }

    #[test]
    fn only_what_was_changed_is_done_and_each_is_an_action() {
        let before = typed();
        assert_eq!(before.edits(&before), Ok(Vec::new()));
        let after = TypedMoment {
            title: "The boss".into(),
            end: "1:40".into(),
            state: EditingState::Cut,
            ..before.clone()
        };
        let edits = after.edits(&before).unwrap();
        assert_eq!(
            edits,
            [
                MomentEditInput::SetTitle {
                    title: "The boss".into()
                },
                MomentEditInput::SetRange {
                    start: Offset(80),
                    end: Offset(100)
                },
                MomentEditInput::SetState {
                    state: Some(EditingState::Cut),
                    clip: None
                },
            ]
        );
    }

    #[test]
    fn saving_again_does_only_what_was_not_done() {
        let before = typed();
        let sent = TypedMoment {
            title: "The boss".into(),
            end: "1:40".into(),
            state: EditingState::Cut,
            clip: "https://a.example".into(),
            ..before.clone()
        };
        let edits = sent.edits(&before).unwrap();
        for done in 0..=edits.len() {
            let after = before.clone().after(&edits[..done], &sent);
            assert_eq!(sent.edits(&after).unwrap(), edits[done..]);
        }
    }

    #[test]
    fn a_split_saves_what_was_typed_beside_it_first() {
        let before = typed();
        let split = MomentEditInput::Split { at: Offset(84) };
        let only = before.split(&before).unwrap();
        assert_eq!(only, slice::from_ref(&split));
        let sent = TypedMoment {
            title: "The boss".into(),
            end: "1:40".into(),
            ..before.clone()
        };
        let edits = sent.split(&before).unwrap();
        let [saved @ .., last] = edits.as_slice() else {
            panic!("{edits:?}")
        };
        assert_eq!(
            (saved, last),
            (sent.edits(&before).unwrap().as_slice(), &split)
        );
        // Where only the split was refused, pressing again does only that.
        let after = before.clone().after(saved, &sent);
        assert_eq!(sent.split(&after).unwrap(), [split]);
        let wrong = TypedMoment {
            end: "0:01".into(),
            ..before.clone()
        };
        assert!(wrong.split(&before).is_err());
    }

    #[test]
    fn an_edit_begins_at_what_was_shown_and_then_at_what_was_saved() {
        let shown = Moment {
            title: Title::parse("The boss").ok(),
            clip: ClipUrl::parse_optional("https://a.example").unwrap(),
            state: EditingState::Cut,
            ..moment(&[])
        };
        let before = TypedMoment::of(&shown, Offset(84));
        let began_at = MomentBeganAt {
            range: Some((shown.start, shown.end)),
            title: shown.title,
            clip: shown.clip,
            state: Some(shown.state),
        };
        assert_eq!(before.began_at(), began_at);
        let sent = TypedMoment {
            title: " The boss falls ".into(),
            ..before.clone()
        };
        let edits = sent.edits(&before).unwrap();
        let saved = MomentBeganAt {
            title: Title::parse("The boss falls").ok(),
            ..began_at
        };
        assert_eq!(before.after(&edits, &sent).began_at(), saved);
    }

    #[test]
    fn what_breaks_a_rule_is_refused_before_anything_is_done() {
        let before = typed();
        let title = "x".repeat(Title::MAX + 1);
        let clip = "https://a.example/".to_owned() + &"x".repeat(ClipUrl::MAX);
        for wrong in [
            TypedMoment {
                title,
                ..before.clone()
            },
            TypedMoment {
                clip,
                ..before.clone()
            },
            TypedMoment {
                start: "soon".into(),
                ..before.clone()
            },
            TypedMoment {
                end: "0:01".into(),
                ..before.clone()
            },
        ] {
            assert!(wrong.edits(&before).is_err(), "{wrong:?}");
        }
    }
}
