//! What people said about a moment, apart from its range: no press changes it.

use super::moment::{EditingState, Moment};
use crate::domain::{clip_url::ClipUrl, role::Audience, text::Title};

/// What people said about a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Curation {
    /// Its title.
    pub title: Option<Title>,
    /// Whether it has a star.
    pub starred: bool,
    /// Whether it is hidden from viewers.
    pub hidden: bool,
    /// How far the editing has come.
    pub state: EditingState,
    /// The finished clip.
    pub clip: Option<ClipUrl>,
}

impl Curation {
    /// Whether anybody said anything. A moment of which somebody did is pinned: it stays, whatever the crowd does.
    pub fn is_any(&self) -> bool {
        *self != Self::default()
    }

    /// Whether anything was said apart from hiding it.
    pub fn is_description(&self) -> bool {
        let shown = Self {
            hidden: false,
            ..self.clone()
        };
        shown.is_any()
    }

    /// The moment with what people said about it.
    #[must_use]
    pub fn applied_to(&self, moment: Moment) -> Moment {
        Moment {
            title: self.title.clone(),
            starred: self.starred,
            hidden: self.hidden,
            state: self.state,
            clip: self.clip.clone(),
            ..moment
        }
    }
}

impl Moment {
    /// What an audience sees of it: viewers see none that is hidden, and of the editing only that a clip was cut.
    pub fn seen_by(&self, audience: Audience) -> Option<Self> {
        match audience {
            Audience::Staff => Some(self.clone()),
            Audience::Public if self.hidden => None,
            Audience::Public => Some(Self {
                state: match self.state {
                    EditingState::Cut => EditingState::Cut,
                    EditingState::Open | EditingState::Rejected => EditingState::Open,
                },
                ..self.clone()
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::moment::tests::blank, *};

    #[test]
    fn of_the_editing_viewers_see_only_that_a_clip_was_cut() {
        let seen = |state| {
            let moment = Moment { state, ..blank() };
            [Audience::Staff, Audience::Public]
                .map(|audience| moment.seen_by(audience).unwrap().state)
        };
        let [open, cut, rejected] = EditingState::ALL;
        assert_eq!(seen(open), [open, open]);
        assert_eq!(seen(cut), [cut, cut]);
        assert_eq!(seen(rejected), [rejected, open]);
    }
}
