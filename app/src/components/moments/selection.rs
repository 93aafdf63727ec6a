//! What a desk's reader looks at: one moment, or a range of time. The list shows the rows of it.

use crate::{
    domain::{
        moments::moment::{Moment, MomentId},
        time_range::{Position, TimeRange},
    },
    live::{page::feed::Feed, signals::views::*},
};

/// A moment or a range of time, or neither.
#[derive(Clone, Copy)]
pub struct Selection {
    feed: Feed,
    selected: RwSignal<Selected>,
    narrowed: Memo<Narrowed>,
}

/// What is selected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Selected {
    #[default]
    Nothing,
    Moment(MomentId),
    Range(TimeRange),
}

/// The range of time that the list is narrowed to, and what was selected for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Narrowed {
    selected: Selected,
    range: Option<TimeRange>,
}

impl Narrowed {
    /// `found` is the range of the selected moment. If the moment is gone, its last known range stays: a list that silently
    /// showed all rows again would widen what “Hide all that pass” hides.
    fn next(before: Option<&Self>, selected: Selected, found: Option<TimeRange>) -> Self {
        let last_known = || {
            let before = before.filter(|before| before.selected == selected);
            before.and_then(|before| before.range)
        };
        let range = match selected {
            Selected::Nothing => None,
            Selected::Moment(_) => found.or_else(last_known),
            Selected::Range(range) => Some(range),
        };
        Self { selected, range }
    }
}

impl Selection {
    /// Nothing is selected yet.
    pub fn new(feed: Feed) -> Self {
        let selected = RwSignal::new(Selected::default());
        let narrowed = Memo::new(move |before: Option<&Narrowed>| {
            let selected = selected.get();
            let found = match selected {
                Selected::Moment(id) => find(feed, id).map(|moment| range_of(&moment)),
                Selected::Nothing | Selected::Range(_) => None,
            };
            Narrowed::next(before, selected, found)
        });
        Self {
            feed,
            selected,
            narrowed,
        }
    }

    /// Selects a moment; nothing if it is gone.
    pub fn select(self, moment: MomentId) {
        let is_there = untrack(|| find(self.feed, moment)).is_some();
        self.selected.set(match is_there {
            true => Selected::Moment(moment),
            false => Selected::Nothing,
        });
    }

    /// Selects a moment, or nothing if it is selected already.
    pub fn toggle(self, moment: MomentId) {
        match self.selected.get_untracked() == Selected::Moment(moment) {
            true => self.clear(),
            false => self.select(moment),
        }
    }

    /// Selects a range of time.
    pub fn set_range(self, range: TimeRange) {
        self.selected.set(Selected::Range(range));
    }

    /// The selected range of time, if it lies in one segment. Tracked.
    pub fn range_of_segment(self) -> Option<TimeRange> {
        match self.selected.get() {
            Selected::Range(range) => {
                let is_one = range.first.segment_index == range.last.segment_index;
                is_one.then_some(range)
            }
            Selected::Nothing | Selected::Moment(_) => None,
        }
    }

    /// Selects nothing.
    pub fn clear(self) {
        self.selected.set(Selected::Nothing);
    }

    /// Whether anything is selected. Not tracked.
    pub fn is_made(self) -> bool {
        self.selected.get_untracked() != Selected::Nothing
    }

    /// The id of the selected moment. Tracked.
    pub fn id(self) -> Option<MomentId> {
        match self.selected.get() {
            Selected::Moment(id) => Some(id),
            Selected::Nothing | Selected::Range(_) => None,
        }
    }

    /// The selected moment as it stands; none if it has faded. Tracked.
    pub fn moment(self) -> Option<Moment> {
        find(self.feed, self.id()?)
    }

    /// The range of time whose rows are shown; none if all are. A moment that has faded leaves its last known range until
    /// the selection changes. Tracked.
    pub fn range(self) -> Option<TimeRange> {
        self.narrowed.get().range
    }
}

fn find(feed: Feed, id: MomentId) -> Option<Moment> {
    let highlights = feed.highlights.read();
    highlights.moment(id).cloned()
}

fn range_of(moment: &Moment) -> TimeRange {
    let at = |offset_seconds| Position {
        segment_index: moment.segment_index,
        offset_seconds,
    };
    TimeRange::between(at(moment.start), at(moment.end))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{super::moment_markup::tests::moment, *};
    use crate::domain::offset::Offset;

    #[test]
    fn a_moment_that_fades_leaves_its_last_known_range_until_something_else_is_selected() {
        let selected = Selected::Moment(MomentId(Uuid::from_u128(7)));
        let first = range_of(&moment(&[]));
        let mut grown = moment(&[]);
        grown.end = Offset(95);
        let grown = range_of(&grown);
        let shown = Narrowed::next(None, selected, Some(first));
        let shown = Narrowed::next(Some(&shown), selected, Some(grown));
        let faded = Narrowed::next(Some(&shown), selected, None);
        assert_eq!(faded.range, Some(grown));
        let other = Selected::Moment(MomentId(Uuid::from_u128(8)));
        assert_eq!(Narrowed::next(Some(&faded), other, None).range, None);
        let range = Narrowed::next(Some(&faded), Selected::Range(first), None);
        assert_eq!(range.range, Some(first));
        let cleared = Narrowed::next(Some(&faded), Selected::Nothing, None);
        assert_eq!(cleared.range, None);
    }
}
