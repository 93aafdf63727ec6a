//! Drops the oldest rows of a table, for pages that only show the newest and stay open through a session of any length.

use std::ops::Bound;

use super::{FeedRow, Reach, Table};

impl<R: FeedRow> Table<R> {
    /// Drops all but the newest rows and the visitor's own, once twice as many are known. The table then reaches to the first
    /// of the newest.
    pub(in super::super) fn drop_oldest(&mut self, newest: usize) {
        if self.rows.len() <= 2 * newest {
            return;
        }
        let Some(first) = self.rows.keys().nth_back(newest - 1).copied() else {
            return;
        };
        let older = (Bound::Unbounded, Bound::Excluded(first));
        let older: Vec<_> = self.rows.range(older).map(|(at, _)| *at).collect();
        self.reveal(older.clone(), |table| {
            table.reach = table.reach.max(Reach::From(first));
            for place in older {
                let Some(known) = table.rows.get(&place) else {
                    continue;
                };
                let (key, is_public) = (known.row.key(), table.is_public(known));
                match table.own.contains(&key) {
                    false => table.take_out(key, place),
                    true if !is_public => table.set_uncounted(key),
                    true => {}
                }
            }
        });
    }
}
