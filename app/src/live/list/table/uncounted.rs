//! Which of the visitor's own rows the public numbers leave out, and what is remembered of that for rows out of reach.

use super::{FeedRow, Table};
use crate::domain::revision::Revision;

impl<R: FeedRow> Table<R> {
    /// How many of the visitor's own rows the public numbers leave out: hidden ones, or ones so new that the page has not
    /// received them otherwise. Of a row before the loaded range, nothing but its removal is known.
    pub fn uncounted(&self) -> usize {
        self.own_rows()
            .filter(|(_, is_counted)| !is_counted)
            .count()
    }

    /// All of the visitor's own rows, in no order, also those before the loaded range; and whether the public numbers contain
    /// them, as in `uncounted`.
    pub fn own_rows(&self) -> impl Iterator<Item = (&R, bool)> {
        let places = self.own.iter().filter_map(|key| self.places.get(key));
        let known = places.filter_map(|place| self.rows.get(place));
        known.map(|known| {
            let is_removed = || self.removed.contains_key(&known.row.key());
            let is_uncounted =
                !self.is_public(known) && (self.reaches(known.row.place()) || is_removed());
            (&known.row, !is_uncounted)
        })
    }

    /// Those of the visitor's own rows that others are not shown, as far as everything up to this revision was heard: newer
    /// ones may still come.
    pub fn uncounted_as_of(&self, heard: Revision) -> Vec<R::Key> {
        let known = self.own_rows().filter(|(row, _)| row.revision() <= heard);
        let uncounted = known.filter(|(_, is_counted)| !is_counted);
        uncounted.map(|(row, _)| row.key()).collect()
    }

    /// Remembers that the public numbers leave out this row of the visitor's own, until it is listed: of a row out of reach
    /// only a removal tells that.
    pub(in super::super) fn set_uncounted(&mut self, key: R::Key) {
        self.removed.entry(key).or_insert(Revision(0));
    }
}
