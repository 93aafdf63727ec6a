//! What a frame shows to everybody, and what it takes back of what earlier frames showed.
//!
//! Whoever names an old revision is sent the frames since then as they were built. One that shows a note that was hidden since
//! must not be among them.

use std::collections::{HashMap, HashSet};

use app::domain::{
    highlights::Highlights,
    moments::moment::{MergedNote, Moment, MomentId},
    role::Audience,
    timestamp::TimestampId,
};

use crate::{moments, store::Changes};

/// What one frame shows to everybody, and what it takes back.
#[derive(Debug, Default)]
pub(super) struct PublicContent {
    /// The timestamps that it shows.
    pub(super) timestamps: Vec<TimestampId>,
    /// The moments that it shows.
    pub(super) moments: HashMap<MomentId, Moment>,
    /// The timestamps that were written before: edited, hidden, restored or erased.
    pub(super) rewritten: HashSet<TimestampId>,
    /// The moments that are no longer shown.
    pub(super) faded: HashSet<MomentId>,
    /// Whether some of the timestamps were hidden or erased.
    pub(super) hides: bool,
    /// Whether only moderators see the list.
    pub(super) is_private: bool,
}

impl PublicContent {
    /// The content of a frame with these changes, and with these moments of what everybody is shown.
    pub(super) fn new(changes: &Changes, highlights: &Highlights) -> Self {
        let rows = changes.timestamps.iter();
        let rewritten = rows.clone().filter(|row| row.arrival < row.revision);
        let rewritten = rewritten.map(|row| row.id);
        let mut content = Self {
            rewritten: rewritten.chain(changes.erased.iter().copied()).collect(),
            faded: highlights.faded.iter().copied().collect(),
            hides: !changes.erased.is_empty() || rows.clone().any(|row| row.hidden),
            is_private: !moments::is_shown_to(Audience::Public, changes.session.rules.staff_list),
            ..Self::default()
        };
        if !content.is_private {
            let visible = rows.filter(|row| !row.hidden);
            content.timestamps = visible.map(|row| row.id).collect();
            let shown = highlights.moments.iter();
            content.moments = shown.map(|moment| (moment.id, moment.clone())).collect();
        }
        content
    }

    /// Whether something that an earlier frame showed is not shown to everybody any more.
    pub(super) fn takes_back(&self, earlier: &Self) -> bool {
        let mut timestamps = earlier.timestamps.iter();
        self.is_private && !earlier.is_private
            || timestamps.any(|id| self.rewritten.contains(id))
            || earlier
                .moments
                .values()
                .any(|moment| self.takes_moment_back(moment))
    }

    /// Whether a moment may have had words in it that nobody is shown any more.
    fn takes_moment_back(&self, shown: &Moment) -> bool {
        if self.faded.contains(&shown.id) {
            return true;
        }
        self.moments.get(&shown.id).is_some_and(|now| {
            let stays = |old: &MergedNote| now.notes.iter().any(|new| new.note == old.note);
            // In a crowd, better notes take the place of others all the time. Nothing was taken back then.
            let may_be_rewritten = !self.rewritten.is_empty() && !shown.notes.iter().all(stays);
            self.hides || now.title != shown.title || may_be_rewritten
        })
    }
}

#[cfg(test)]
mod tests {
    use app::domain::{moments::moment::EditingState, offset::Offset, text::Text};
    use uuid::Uuid;

    use super::*;

    const ID: MomentId = MomentId(Uuid::nil());

    fn moment(title: Option<&str>, notes: &[&str]) -> Moment {
        let notes = notes.iter().map(|note| MergedNote {
            note: Text::parse(note).unwrap(),
            count: 1,
        });
        Moment {
            id: ID,
            segment_index: 1,
            start: Offset(0),
            peak: Offset(0),
            end: Offset(0),
            is_start_set: false,
            presses: 1,
            visitors: 1,
            excess: 10,
            notes: notes.collect(),
            labels: Vec::new(),
            title: title.map(|title| Text::parse(title).unwrap()),
            starred: false,
            hidden: false,
            state: EditingState::Open,
            clip: None,
        }
    }

    fn showing(moment: Moment) -> PublicContent {
        PublicContent {
            moments: HashMap::from([(ID, moment)]),
            ..PublicContent::default()
        }
    }

    fn rewriting(number: u128) -> HashSet<TimestampId> {
        HashSet::from([TimestampId(Uuid::from_u128(number))])
    }

    #[test]
    fn a_timestamp_that_was_written_again_is_taken_back_and_another_one_is_not() {
        let earlier = PublicContent {
            timestamps: vec![TimestampId(Uuid::from_u128(1))],
            ..PublicContent::default()
        };
        for (number, is_taken_back) in [(1, true), (2, false)] {
            let later = PublicContent {
                rewritten: rewriting(number),
                ..PublicContent::default()
            };
            assert_eq!(later.takes_back(&earlier), is_taken_back);
        }
    }

    #[test]
    fn words_of_a_moment_are_taken_back_unless_better_notes_took_their_place() {
        let earlier = showing(moment(Some("The bridge"), &["a jump"]));
        let again = || showing(moment(Some("The bridge"), &["a jump", "what a jump"]));
        assert!(!again().takes_back(&earlier));
        let better = || showing(moment(Some("The bridge"), &["what a jump"]));
        assert!(!better().takes_back(&earlier));
        let edited = PublicContent {
            rewritten: rewriting(3),
            ..better()
        };
        assert!(edited.takes_back(&earlier));
        let hidden = PublicContent {
            hides: true,
            ..again()
        };
        assert!(hidden.takes_back(&earlier));
        assert!(showing(moment(None, &["a jump"])).takes_back(&earlier));
        let faded = PublicContent {
            faded: HashSet::from([ID]),
            ..PublicContent::default()
        };
        assert!(faded.takes_back(&earlier));
    }
}
