//! The rows that match a moderator's filter, and the one that they edit, by segment; kept up to date from the changes of the
//! list. Pure.

use std::collections::BTreeSet;

use litemap::LiteMap;

use super::row_heights::RowHeights;
use crate::{
    domain::{
        filter::Filter,
        revision::Revision,
        timestamp::{Place, Timestamp, TimestampId},
    },
    live::list::timestamps::List,
};

/// The rows that pass a filter, and the one that is edited: what is typed there must not be lost because the row passes no
/// longer.
#[derive(Clone, Debug, Default)]
pub struct FilteredRows {
    /// The rows of each segment that has some.
    groups: LiteMap<u32, RowHeights>,
    /// When they arrived.
    arrivals: BTreeSet<Revision>,
    /// When those that pass arrived, as far as viewers see them, too.
    public: BTreeSet<Revision>,
    filter: Filter,
    /// The row that is edited.
    edited: Option<Place>,
    /// How far the list's journal was read.
    read: usize,
}

impl FilteredRows {
    /// What passes a filter of this list.
    pub fn new(list: &List, filter: Filter) -> Self {
        Self::with_edited(list, filter, None)
    }

    fn with_edited(list: &List, filter: Filter, edited: Option<Place>) -> Self {
        let mut filtered = Self {
            filter,
            edited,
            read: list.journal_end(),
            ..Self::default()
        };
        for row in list.rows() {
            filtered.look_at(row.place(), Some(row));
        }
        filtered
    }

    /// Keeps up with the list, the filter, and which row is edited.
    pub fn follow(&mut self, list: &List, filter: &Filter, edited: Option<TimestampId>) {
        let edited = edited.and_then(|id| list.place(id));
        let changed = list.changed_since(self.read);
        let (true, Some(changed)) = (*filter == self.filter, changed) else {
            return *self = Self::with_edited(list, filter.clone(), edited);
        };
        let before = std::mem::replace(&mut self.edited, edited);
        let turned = [before, edited].into_iter().flatten();
        for place in changed.iter().copied().chain(turned) {
            self.look_at(place, list.get(place));
        }
        self.read = list.journal_end();
    }

    fn look_at(&mut self, place: Place, row: Option<&Timestamp>) {
        match row {
            Some(row) if self.filter.shows(row) => self.put_in(row, !row.hidden),
            Some(row) if self.edited == Some(place) => self.put_in(row, false),
            _ => self.take_out(place),
        }
    }

    fn put_in(&mut self, row: &Timestamp, is_public: bool) {
        if let Some(group) = self.groups.get_mut(&row.segment_index) {
            group.insert(row.place());
        } else {
            let mut group = RowHeights::default();
            group.insert(row.place());
            self.groups.insert(row.segment_index, group);
        }
        self.arrivals.insert(row.arrival);
        if is_public {
            self.public.insert(row.arrival);
        } else {
            self.public.remove(&row.arrival);
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

    /// How many of the rows pass and are seen by viewers, too.
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
    fn the_row_that_is_edited_stays_while_the_list_has_it() {
        let rows = (0..12).map(|n| (n, false)).collect();
        let mut list = List::new(batch(rows, 20));
        let filter = Filter {
            segment: Some(2),
            ..Filter::default()
        };
        let edited = row(4, 20, false);
        let mut filtered = FilteredRows::new(&list, Filter::default());
        filtered.follow(&list, &filter, Some(edited.id));
        assert_eq!(filtered.segments().collect::<Vec<_>>(), [1, 2]);
        assert_eq!((filtered.len(), filtered.public()), (7, 6));
        list.erase(edited.id);
        filtered.follow(&list, &filter, Some(edited.id));
        assert_eq!(filtered.segments().collect::<Vec<_>>(), [2]);
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
            batches in proptest::collection::vec((proptest::collection::vec((0u8..12, any::<bool>()), 0..6), 0u8..24), 1..12),
            tidy_from in 0usize..12,
            seen in 0i64..12,
        ) {
            let mut list = List::default();
            let mut filtered = FilteredRows::new(&list, Filter::default());
            for (at, (rows, edited)) in batches.into_iter().enumerate() {
                list.merge_page(batch(rows, 100 + i64::try_from(at).unwrap()));
                let filter = Filter { with_hidden: at < tidy_from, ..Filter::default() };
                // Every other time none is edited, or one that the list does not have.
                let edited = row(edited, 0, false).id;
                filtered.follow(&list, &filter, Some(edited));
                let shown: Vec<_> = list.rows().filter(|row| filter.shows(row) || row.id == edited).collect();
                prop_assert_eq!(places(&filtered), shown.iter().map(|row| row.place()).collect::<Vec<_>>());
                prop_assert_eq!(filtered.len(), shown.len());
                prop_assert_eq!(filtered.is_empty(), shown.is_empty());
                let is_public = |row: &&&Timestamp| filter.shows(row) && !row.hidden;
                prop_assert_eq!(filtered.public(), shown.iter().filter(is_public).count());
                let unseen = shown.iter().filter(|row| row.arrival > Revision(seen)).count();
                prop_assert_eq!(filtered.arrived_after(Revision(seen)), unseen);
            }
        }
    }
}
