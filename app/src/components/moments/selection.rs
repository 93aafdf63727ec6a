//! What a desk's reader looks at: one moment, or a range of time. The list shows the rows of it.

use leptos::prelude::*;

use crate::{
    domain::{
        moments::moment::{Moment, MomentId},
        time_range::{Position, TimeRange},
    },
    live::page::feed::Feed,
};

/// A moment or a range of time, or neither.
#[derive(Clone, Copy)]
pub struct Selection {
    feed: Feed,
    /// The moment.
    moment: RwSignal<Option<MomentId>>,
    /// The range of time; none while a moment is selected.
    range: RwSignal<Option<TimeRange>>,
}

impl Selection {
    /// Nothing is selected yet.
    pub fn new(feed: Feed) -> Self {
        Self {
            feed,
            moment: RwSignal::new(None),
            range: RwSignal::new(None),
        }
    }

    /// Selects a moment.
    pub fn select(self, moment: MomentId) {
        self.range.set(None);
        self.moment.set(Some(moment));
    }

    /// Selects a moment, or nothing if it is selected already.
    pub fn toggle(self, moment: MomentId) {
        match self.moment.get_untracked() == Some(moment) {
            true => self.clear(),
            false => self.select(moment),
        }
    }

    /// Selects a range of time.
    pub fn set_range(self, range: TimeRange) {
        self.moment.set(None);
        self.range.set(Some(range));
    }

    /// Selects nothing.
    pub fn clear(self) {
        self.moment.set(None);
        self.range.set(None);
    }

    /// The id of the selected moment. Tracked.
    pub fn id(self) -> Option<MomentId> {
        self.moment.get()
    }

    /// The selected moment as it stands; none if it has faded. Tracked.
    pub fn moment(self) -> Option<Moment> {
        let id = self.moment.get()?;
        let highlights = self.feed.highlights.read();
        highlights.moments().find(|moment| moment.id == id).cloned()
    }

    /// The range of time whose rows are shown; none if all are. Tracked.
    pub fn range(self) -> Option<TimeRange> {
        let of_moment = self.moment().map(|moment| {
            let at = |offset_seconds| Position {
                segment_index: moment.segment_index,
                offset_seconds,
            };
            TimeRange::between(at(moment.start), at(moment.end))
        });
        of_moment.or_else(|| self.range.get())
    }
}
