//! The list of timestamps on a page, in the order of rule 3: the table of that kind (`table.rs`), and its totals.

use std::ops::Deref;

use super::table::{FeedRow, Older, Table};
use crate::domain::{
    change::Frame,
    offset::Offset,
    revision::Revision,
    role::Audience,
    session::Session,
    snapshot::Page,
    time_range::TimeRange,
    timestamp::{Place, Timestamp, TimestampId},
};

#[cfg(test)]
mod tests;

/// The places of a range's rows: from the first of these up to the second.
fn places_of(range: TimeRange) -> (Place, Place) {
    let before_all_of = |segment_index, offset_seconds| Place {
        segment_index,
        offset_seconds,
        arrival: Revision(0),
    };
    let TimeRange { first, last } = range;
    let after = last.offset_seconds.seconds().saturating_add(1);
    (
        before_all_of(first.segment_index, first.offset_seconds),
        before_all_of(last.segment_index, Offset(after)),
    )
}

/// The list of timestamps on a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    table: Table<Timestamp>,
    /// The latest arrival of all that was heard of.
    newest: Revision,
}

/// An older page to be asked for.
pub type OlderPage = Older<Place>;

impl FeedRow for Timestamp {
    type Key = TimestampId;
    type Place = Place;

    fn key(&self) -> TimestampId {
        self.id
    }

    fn place(&self) -> Place {
        Timestamp::place(self)
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn is_own(&self) -> bool {
        self.mine
    }

    fn set_own(&mut self, is_own: bool) {
        self.mine = is_own;
    }
}

/// All that can be read of the table can be read of the list.
impl Deref for List {
    type Target = Table<Timestamp>;

    fn deref(&self) -> &Table<Timestamp> {
        &self.table
    }
}

impl List {
    /// A list that starts with a snapshot's page.
    pub fn new(page: Page) -> Self {
        let mut list = Self::default();
        list.merge_page(page);
        list
    }

    /// Restarts with a snapshot's page. The visitor's own rows stay, and erased ones stay away.
    pub fn restart(&mut self, page: Page) {
        self.table.restart(page.timestamps, page.more);
        let arrivals = self.table.rows().map(|timestamp| timestamp.arrival);
        self.newest = arrivals.max().unwrap_or_default();
    }

    /// Merges a page: that of a snapshot, or an older one.
    pub fn merge_page(&mut self, page: Page) {
        self.heard_of(&page.timestamps);
        self.table.merge_page(page.timestamps, page.more);
    }

    /// Merges the older page that was asked for.
    pub fn merge_older(&mut self, asked: OlderPage, page: Page) {
        self.heard_of(&page.timestamps);
        self.table.merge_older(asked, page.timestamps, page.more);
    }

    /// The older page to ask for next: of this range if one is given, which can lie far from what is loaded. None if all of
    /// it is there.
    pub fn next_of(&self, range: Option<TimeRange>) -> Option<OlderPage> {
        match range.map(places_of) {
            Some((from, to)) => self.table.next_between(from, to),
            None => self.table.next_older(),
        }
    }

    /// Somebody looks at this range now, or at the whole list: what was loaded of another range separately disappears.
    /// Returns whether anything was.
    pub fn narrow(&mut self, range: Option<TimeRange>) -> bool {
        self.table.drop_detached_outside(range.map(places_of))
    }

    /// Merges a live frame.
    pub fn merge_frame(&mut self, frame: Frame) {
        self.heard_of(&frame.timestamps);
        for timestamp in frame.timestamps {
            self.table.merge(timestamp);
        }
        for id in frame.removed {
            self.table.remove(id, frame.revision);
        }
        for id in frame.erased {
            self.table.erase(id);
        }
    }

    /// Drops all but so many of the newest rows, and the visitor's own, now and then.
    pub fn drop_oldest(&mut self, newest: usize) {
        self.table.drop_oldest(newest);
    }

    /// Merges one of the visitor's own presses, as the server returned it to them alone.
    pub fn merge_own(&mut self, timestamp: Timestamp) {
        self.heard_of([&timestamp]);
        self.table.merge_own(timestamp.as_its_author_sees_it());
    }

    /// Remembers that the public numbers leave out this press of the visitor's own, until others are shown it.
    pub fn set_uncounted(&mut self, id: TimestampId) {
        self.table.set_uncounted(id);
    }

    /// One of the visitor's own presses was taken back: nobody sees it any more.
    pub fn erase(&mut self, id: TimestampId) {
        self.table.erase(id);
    }

    /// This browser was erased: nothing is its own any more, and rows that only their author saw disappear.
    pub fn disown(&mut self) {
        self.table.disown();
    }

    fn heard_of<'a>(&mut self, timestamps: impl IntoIterator<Item = &'a Timestamp>) {
        let arrivals = timestamps.into_iter().map(|timestamp| timestamp.arrival);
        self.newest = arrivals.fold(self.newest, Revision::max);
    }

    /// The count to show next to the list: the public one, plus for viewers those of their own that it leaves out.
    pub fn count(&self, session: &Session, audience: Audience) -> u32 {
        let everybodys = session.timestamp_count;
        let of_own = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        match audience {
            Audience::Staff => everybodys,
            // Nothing is listed, so nothing tells which of their own are in the number.
            Audience::Public if session.rules.staff_list => everybodys.max(of_own(self.own_len())),
            Audience::Public => everybodys.saturating_add(of_own(self.uncounted())),
        }
    }

    /// The latest arrival of all that was heard of.
    pub fn newest(&self) -> Revision {
        self.newest
    }
}
