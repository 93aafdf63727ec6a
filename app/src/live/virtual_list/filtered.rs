//! The rows that match a moderator's filter, by segment; kept up to date from the changes of the list. Pure.

use std::collections::BTreeSet;

use litemap::LiteMap;

use super::row_heights::RowHeights;
use crate::{
    domain::{
        filter::Filter,
        revision::Revision,
        timestamp::{Place, Timestamp},
    },
    live::list::timestamps::List,
};

/// The rows that pass a filter.
#[derive(Clone, Debug, Default)]
pub struct FilteredRows {
    /// The rows of each segment that has some.
    groups: LiteMap<u32, RowHeights>,
    /// When they arrived.
    arrivals: BTreeSet<Revision>,
    /// When those arrived that viewers see, too.
    public: BTreeSet<Revision>,
    filter: Filter,
    /// How far the list's journal was read.
    read: usize,
}

impl FilteredRows {
    /// What passes a filter of this list.
    pub fn new(list: &List, filter: Filter) -> Self {
        let mut filtered = Self {
            read: list.journal_end(),
            ..Self::default()
        };
        for row in list.rows().filter(|row| filter.shows(row)) {
            filtered.put_in(row);
        }
        Self { filter, ..filtered }
    }

    /// Keeps up with the list and the filter.
    pub fn follow(&mut self, list: &List, filter: &Filter) {
        let changed = list.changed_since(self.read);
        let (true, Some(changed)) = (*filter == self.filter, changed) else {
            return *self = Self::new(list, filter.clone());
        };
        for place in changed {
            match list.get(*place).filter(|row| filter.shows(row)) {
                Some(row) => self.put_in(row),
                None => self.take_out(*place),
            }
        }
        self.read = list.journal_end();
    }

    fn put_in(&mut self, row: &Timestamp) {
        if let Some(group) = self.groups.get_mut(&row.segment_index) {
            group.insert(row.place());
        } else {
            let mut group = RowHeights::default();
            group.insert(row.place());
            self.groups.insert(row.segment_index, group);
        }
        self.arrivals.insert(row.arrival);
        if row.hidden {
            self.public.remove(&row.arrival);
        } else {
            self.public.insert(row.arrival);
        }
    }

    fn take_out(&mut self, place: Place) {
        if let Some(group) = self.groups.get_mut(&place.segment_index)
            && group.remove(place)
        {
            self.arrivals.remove(&place.arrival);
            self.public.remove(&place.arrival);
            if group.is_empty() {
                self.groups.remove(&place.segment_index);
            }
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.groups.values().map(RowHeights::len).sum()
    }

    /// How many of the rows viewers see, too.
    pub fn public(&self) -> usize {
        self.public.len()
    }

    /// Whether nothing passes.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The segments that have rows.
    pub fn segments(&self) -> impl Iterator<Item = u32> {
        self.groups.keys().copied()
    }

    /// The rows of a segment.
    pub fn group(&self, segment: u32) -> Option<&RowHeights> {
        self.groups.get(&segment)
    }

    /// How many of a segment's rows are among the last so many of all.
    pub fn among_last(&self, segment: u32, rows: usize) -> usize {
        let later: usize = self
            .groups
            .iter()
            .filter(|(later, _)| **later > segment)
            .map(|(_, group)| group.len())
            .sum();
        let here = self.group(segment).map_or(0, RowHeights::len);
        rows.saturating_sub(later).min(here)
    }

    /// How many arrived after this.
    pub fn arrived_after(&self, seen: Revision) -> usize {
        self.arrivals.range(Revision(seen.0 + 1)..).count()
    }

    /// Learns how high rows are. Whether that is news.
    pub fn measure(&mut self, heights: impl IntoIterator<Item = (Place, f64)>) -> bool {
        let mut is_news = false;
        for (place, height) in heights {
            if let Some(group) = self.groups.get_mut(&place.segment_index) {
                is_news |= group.measure(place, height);
            }
        }
        is_news
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        offset::Offset,
        snapshot::Page,
        timestamp::{TimestampId, tests::blank},
    };

    /// One of twelve rows, in two segments.
    fn row(n: u8, revision: i64, hidden: bool) -> Timestamp {
        Timestamp {
            id: TimestampId(Uuid::from_u128(u128::from(n))),
            segment_index: 1 + u32::from(n) % 2,
            offset_seconds: Offset(u32::from(n) * 7 % 5),
            arrival: Revision(i64::from(n)),
            revision: Revision(revision),
            hidden,
            ..blank()
        }
    }

    fn places(filtered: &FilteredRows) -> Vec<Place> {
        let groups = filtered.groups.values();
        groups
            .flat_map(|group| (0..group.len()).filter_map(|rank| group.nth(rank)))
            .collect()
    }

    fn batch(rows: Vec<(u8, bool)>, revision: i64) -> Page {
        let rows = rows.into_iter();
        Page {
            timestamps: rows.map(|(n, hidden)| row(n, revision, hidden)).collect(),
            more: false,
        }
    }

    #[test]
    fn the_last_rows_may_lie_in_several_segments() {
        let rows = (0..12).map(|n| (n, false)).collect();
        let filtered = FilteredRows::new(&List::new(batch(rows, 20)), Filter::default());
        let last = |rows| (filtered.among_last(1, rows), filtered.among_last(2, rows));
        assert_eq!((last(4), last(8), last(40)), ((0, 4), (2, 6), (6, 6)));
    }

    proptest! {
        #[test]
        fn it_is_what_a_look_at_the_whole_list_would_give(
            batches in proptest::collection::vec(proptest::collection::vec((0u8..12, any::<bool>()), 0..6), 1..12),
            tidy_from in 0usize..12,
            seen in 0i64..12,
        ) {
            let mut list = List::default();
            let mut filtered = FilteredRows::new(&list, Filter::default());
            for (at, rows) in batches.into_iter().enumerate() {
                list.merge_page(batch(rows, 100 + i64::try_from(at).unwrap()));
                let filter = Filter { with_hidden: at < tidy_from, ..Filter::default() };
                filtered.follow(&list, &filter);
                let passing: Vec<_> = list.rows().filter(|row| filter.shows(row)).collect();
                prop_assert_eq!(places(&filtered), passing.iter().map(|row| row.place()).collect::<Vec<_>>());
                prop_assert_eq!(filtered.len(), passing.len());
                prop_assert_eq!(filtered.is_empty(), passing.is_empty());
                prop_assert_eq!(filtered.public(), passing.iter().filter(|row| !row.hidden).count());
                let unseen = passing.iter().filter(|row| row.arrival > Revision(seen)).count();
                prop_assert_eq!(filtered.arrived_after(Revision(seen)), unseen);
            }
        }
    }
}
