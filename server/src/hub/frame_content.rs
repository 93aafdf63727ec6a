//! What a frame shows, and what it takes back of what earlier frames showed.
//!
//! Whoever names an old revision is sent the frames since then as they were built. One that shows a note that was hidden since
//! must not be among them. Of a note that was edited, one of a moment may remain that its press has left since.

use std::collections::{HashMap, HashSet};

use app::domain::{
    clip_url::ClipUrl,
    highlights::Highlights,
    moments::moment::{Moment, MomentId},
    role::Audience,
    text::{Note, Title},
    timestamp::TimestampId,
};

use crate::{moments, store::Changes};

/// What one frame shows, and what it takes back. It holds no more than a part of what the frame's bytes hold.
#[derive(Debug, Default)]
pub(super) struct FrameContent {
    /// The timestamps that it shows, to the staff at least.
    timestamps: Vec<TimestampId>,
    /// The words of the moments that it shows, to the staff at least.
    moments: HashMap<MomentId, Words>,
    /// The timestamps that were written before: edited, hidden, restored or erased.
    rewritten: HashSet<TimestampId>,
    /// Whether some of those timestamps were hidden or erased.
    hides: bool,
    /// The moments that are no longer shown, to viewers at least.
    faded: HashSet<MomentId>,
    /// Whether its moments are not known yet.
    is_pending: bool,
    /// Whether only moderators see the list.
    is_private: bool,
}

/// What people wrote that a moment shows, and the link to its clip.
#[derive(Debug)]
struct Words {
    title: Option<Title>,
    clip: Option<ClipUrl>,
    notes: Vec<Note>,
}

impl Words {
    fn of(moment: &Moment) -> Self {
        let notes = moment.notes.iter();
        Self {
            title: moment.title.clone(),
            clip: moment.clip.clone(),
            notes: notes.map(|merged| merged.note.clone()).collect(),
        }
    }
}

impl FrameContent {
    /// The content of a frame with these changes, and with these moments of what viewers and the staff are shown.
    pub(super) fn new(changes: &Changes, public: &Highlights, staff: &Highlights) -> Self {
        let rows = changes.timestamps.iter();
        // One that is held, or whose author is blocked, is hidden from the start, which takes nothing back. Once it is written
        // again, it is not known whether anybody saw it before.
        let rewritten = rows.clone().filter(|row| row.arrival < row.revision);
        let hides = !changes.erased.is_empty() || rewritten.clone().any(|row| row.hidden);
        let rewritten = rewritten.map(|row| row.id);
        let moments = staff.moments.iter();
        let faded = public.faded.iter().chain(&staff.faded);
        Self {
            timestamps: rows.map(|row| row.id).collect(),
            moments: moments
                .map(|moment| (moment.id, Words::of(moment)))
                .collect(),
            rewritten: rewritten.chain(changes.erased.iter().copied()).collect(),
            hides,
            faded: faded.copied().collect(),
            is_pending: staff.pending,
            is_private: !moments::is_shown_to(Audience::Public, changes.session.rules.staff_list),
        }
    }

    /// Whether something that an earlier frame showed is not shown any more.
    pub(super) fn takes_back(&self, earlier: &Self) -> bool {
        let mut timestamps = earlier.timestamps.iter();
        let mut moments = earlier.moments.iter();
        self.is_private && !earlier.is_private
            || timestamps.any(|id| self.rewritten.contains(id))
            || moments.any(|(id, words)| self.takes_words_back(*id, words))
    }

    /// Whether a moment may have shown words that nobody is shown any more.
    fn takes_words_back(&self, id: MomentId, earlier: &Words) -> bool {
        // Which moments showed a note that is hidden now is not known: the presses may have left them since.
        if self.hides || self.faded.contains(&id) {
            return true;
        }
        match self.moments.get(&id) {
            Some(now) => {
                // In a crowd, better notes take the place of others all the time. Nothing was taken back then.
                let may_be_edited = !self.rewritten.is_empty();
                let mut notes = earlier.notes.iter();
                (earlier.title.is_some() && now.title != earlier.title)
                    || (earlier.clip.is_some() && now.clip != earlier.clip)
                    || may_be_edited && !notes.all(|note| now.notes.contains(note))
            }
            None => self.is_pending && !self.rewritten.is_empty(),
        }
    }
}

#[cfg(test)]
impl FrameContent {
    /// A frame without changes in a list that only moderators see.
    pub(super) fn private() -> Self {
        Self {
            is_private: true,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use app::domain::text::Text;
    use uuid::Uuid;

    use super::*;

    const ID: MomentId = MomentId(Uuid::nil());

    fn showing(title: Option<&str>, notes: &[&str]) -> FrameContent {
        let words = Words {
            title: title.map(|title| Text::parse(title).unwrap()),
            clip: None,
            notes: notes
                .iter()
                .map(|note| Text::parse(note).unwrap())
                .collect(),
        };
        FrameContent {
            moments: HashMap::from([(ID, words)]),
            ..FrameContent::default()
        }
    }

    fn rewriting(number: u128) -> FrameContent {
        FrameContent {
            rewritten: HashSet::from([TimestampId(Uuid::from_u128(number))]),
            ..FrameContent::default()
        }
    }

    #[test]
    fn a_timestamp_that_was_written_again_is_taken_back_and_another_one_is_not() {
        let earlier = FrameContent {
            timestamps: vec![TimestampId(Uuid::from_u128(1))],
            ..FrameContent::default()
        };
        for (number, is_taken_back) in [(1, true), (2, false)] {
            assert_eq!(rewriting(number).takes_back(&earlier), is_taken_back);
        }
    }

    #[test]
    fn words_of_a_moment_are_taken_back_unless_better_notes_took_their_place() {
        let earlier = showing(Some("The bridge"), &["a jump"]);
        let again = || showing(Some("The bridge"), &["a jump", "what a jump"]);
        assert!(!again().takes_back(&earlier));
        let better = || showing(Some("The bridge"), &["what a jump"]);
        assert!(!better().takes_back(&earlier));
        let edited = FrameContent {
            moments: better().moments,
            ..rewriting(3)
        };
        assert!(edited.takes_back(&earlier));
        assert!(showing(None, &["a jump"]).takes_back(&earlier));
        let faded = FrameContent {
            faded: HashSet::from([ID]),
            ..FrameContent::default()
        };
        assert!(faded.takes_back(&earlier));
    }

    #[test]
    fn what_is_hidden_takes_the_words_of_all_moments_back_even_of_those_that_are_not_told() {
        let earlier = showing(None, &["a jump"]);
        assert!(!rewriting(3).takes_back(&earlier));
        for hides in [
            FrameContent {
                hides: true,
                ..rewriting(3)
            },
            FrameContent {
                is_pending: true,
                ..rewriting(3)
            },
        ] {
            assert!(hides.takes_back(&earlier));
            assert!(!hides.takes_back(&FrameContent::default()));
        }
    }
}
