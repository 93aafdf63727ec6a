//! How many rows each transaction of long work takes. Long work is cut by the time that a transaction holds its locks, not
//! by a fixed number of rows: the time per row differs a hundredfold between a phone's disk and a server's.

use std::{ops::RangeInclusive, time::Duration};

/// The number of rows for the next transaction. It adapts to how long the previous ones held their locks.
#[derive(Clone, Debug)]
pub(super) struct ChunkSize {
    rows: usize,
    longest: Duration,
    bounds: RangeInclusive<usize>,
}

impl ChunkSize {
    /// For transactions that should hold their locks for at most `longest`, because presses that arrive meanwhile wait for
    /// them, and that take a number of rows within these bounds.
    ///
    /// The lower bound wins over the time: on a slow disk a commit alone may take longer, and smaller transactions would do
    /// little but commit. The first transaction takes no more than that. The upper bound limits what one slow disk access
    /// can add up to, and the memory for the rows.
    pub(super) fn new(longest: Duration, bounds: RangeInclusive<usize>) -> Self {
        Self {
            rows: *bounds.start(),
            longest,
            bounds,
        }
    }

    /// For transactions that hide or erase rows of a session in which others press meanwhile: they hold its lock about as long as
    /// presses do anyway. About ten statements come with the rows, whatever their number.
    pub(super) fn beside_presses() -> Self {
        Self::new(Duration::from_millis(5), 50..=1_000)
    }

    /// The number of rows for the next transaction.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Adapts to a transaction of that many rows, which held its locks for `held`: half as many rows if that was too long, a
    /// quarter more if there is room for them.
    pub(super) fn adapt(&mut self, held: Duration) {
        let rows = if held > self.longest {
            self.rows / 2
        } else if held * 4 <= self.longest * 3 {
            self.rows + self.rows.div_ceil(4)
        } else {
            self.rows
        };
        self.rows = rows.clamp(*self.bounds.start(), *self.bounds.end());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LONGEST: Duration = Duration::from_millis(5);
    const FEWEST: usize = 20;
    const MOST: usize = 1_000;

    fn size() -> ChunkSize {
        ChunkSize::new(LONGEST, FEWEST..=MOST)
    }

    /// How long that many rows take, with these durations of a commit and of a row in microseconds.
    fn time(rows: usize, commit: u64, row: u64) -> Duration {
        Duration::from_micros(commit + row * rows as u64)
    }

    proptest! {
        #[test]
        fn it_stays_within_its_bounds_whatever_transactions_take(
            held in prop::collection::vec(0..1_000_000_u64, 0..100),
        ) {
            let mut size = size();
            for held in held {
                size.adapt(Duration::from_micros(held));
                prop_assert!((FEWEST..=MOST).contains(&size.rows()));
            }
        }

        #[test]
        fn it_settles_where_a_transaction_takes_long_enough_and_not_too_long(
            commit in 0..3_000_u64,
            row in 1..200_u64,
        ) {
            let mut size = size();
            for _ in 0..50 {
                size.adapt(time(size.rows(), commit, row));
            }
            for _ in 0..50 {
                let held = time(size.rows(), commit, row);
                prop_assert!(held <= LONGEST || size.rows() == FEWEST, "{held:?}");
                // It is halved at most once more than necessary.
                prop_assert!(held * 3 >= LONGEST || size.rows() == MOST, "{held:?}");
                size.adapt(held);
            }
        }

        #[test]
        fn it_follows_a_disk_that_becomes_slower_within_six_transactions(row in 100..200_u64) {
            let mut size = ChunkSize { rows: MOST, ..size() };
            for _ in 0..6 {
                size.adapt(time(size.rows(), 0, row));
            }
            prop_assert!(time(size.rows(), 0, row) <= LONGEST);
        }
    }
}
