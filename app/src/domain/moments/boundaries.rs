//! Where a person's acts and names part the curve, and where they join it.

use std::collections::BTreeSet;

/// What a person did to the ranges of a segment's moments, in seconds. An act that was undone is not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeEdit {
    /// A moment was split: nothing joins the second before `at` and `at` any more.
    Split {
        /// The first second of the later part.
        at: u32,
    },
    /// Two moments were merged: all between these seconds is one.
    Merge {
        /// Where the first one began.
        start: u32,
        /// Where the last one ended, itself included.
        end: u32,
    },
    /// A start or an end was moved, or a range was made a moment: the range is exactly this.
    SetRange {
        /// Its first second.
        start: u32,
        /// Its last second.
        end: u32,
    },
}

/// A range of seconds, both ends included.
pub type Span = (u32, u32);

/// The edits of a segment together with the pinned anchors: a later edit wins over an earlier one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Boundaries {
    /// The first second behind each wall.
    walls: BTreeSet<u32>,
    /// Ranges inside of which no valley parts anything.
    joins: Vec<Span>,
    /// Ranges that are moments exactly as they are.
    exact: Vec<Span>,
}

impl Boundaries {
    /// What a segment's edits come to, in the order in which they were made.
    pub fn new(edits: &[RangeEdit]) -> Self {
        let mut all = Self::default();
        for &edit in edits {
            match edit {
                RangeEdit::Split { at } => all.split(at),
                RangeEdit::Merge { start, end } => all.merge(start.min(end), start.max(end)),
                RangeEdit::SetRange { start, end } => all.set(start.min(end), start.max(end)),
            }
        }
        all
    }

    fn split(&mut self, at: u32) {
        for spans in [&mut self.joins, &mut self.exact] {
            *spans = spans
                .iter()
                .flat_map(|&(start, end)| {
                    let parted = start < at && at <= end;
                    let left = if parted {
                        (start, at - 1)
                    } else {
                        (start, end)
                    };
                    [Some(left), parted.then_some((at, end))]
                })
                .flatten()
                .collect();
        }
        self.walls.insert(at);
    }

    fn merge(&mut self, start: u32, end: u32) {
        let touching = |&(from, to): &Span| from <= end && start <= to;
        let mut whole = (start, end);
        for spans in [&mut self.joins, &mut self.exact] {
            for span in spans.iter().filter(|span| touching(span)) {
                whole = (whole.0.min(span.0), whole.1.max(span.1));
            }
            spans.retain(|span| !touching(span));
        }
        self.walls
            .retain(|&wall| !(whole.0 < wall && wall <= whole.1));
        self.joins.push(whole);
    }

    fn set(&mut self, start: u32, end: u32) {
        self.joins = self
            .joins
            .iter()
            .flat_map(|&(from, to)| {
                let left = (from < start).then(|| (from, to.min(start.saturating_sub(1))));
                let right = (to > end).then(|| (from.max(end.saturating_add(1)), to));
                [left, right]
            })
            .flatten()
            .collect();
        // What is left of a range that another one covers in part is no moment by itself.
        self.exact.retain(|&(from, to)| to < start || end < from);
        self.walls.retain(|&wall| !(start < wall && wall <= end));
        self.walls.extend([start, end.saturating_add(1)]);
        self.joins.push((start, end));
        self.exact.push((start, end));
    }

    /// Parts pinned anchors from each other where no wall does yet: at the lowest second between two of them. A person gave
    /// both a name or a star, and presses between them must not make one of two.
    pub fn part_pinned(&mut self, cells: &[u64], pinned: &[u32]) {
        let mut pinned = pinned.to_vec();
        pinned.sort_unstable();
        pinned.dedup();
        for pair in pinned.windows(2) {
            let &[first, second] = pair else { continue };
            if self.walls.range(first + 1..=second).next().is_some()
                || self.joins_over(first, second)
            {
                continue;
            }
            let middle = first.midpoint(second);
            let height = |at: u32| cells.get(at as usize).copied().unwrap_or(0);
            // Behind the curve, all seconds are equally low. The free one nearest to the middle is the middle itself, the
            // first of all, or beside a joined range.
            let behind = u32::try_from(cells.len())
                .unwrap_or(u32::MAX)
                .max(first + 1);
            let edges = self
                .joins
                .iter()
                .flat_map(|&(start, end)| [start, end.saturating_add(1)]);
            let silent = edges.chain([middle.max(behind), behind]);
            let silent = silent.filter(|at| (behind..=second).contains(at));
            let free = (first + 1..=second.min(behind)).chain(silent);
            let free = free.filter(|&at| !self.joins_over(at - 1, at));
            let lowest = free.min_by_key(|&at| (height(at), at.abs_diff(middle), at));
            self.walls.extend(lowest);
        }
    }

    /// Whether both seconds lie in one joined range.
    pub fn joins_over(&self, first: u32, second: u32) -> bool {
        self.joins
            .iter()
            .any(|&(start, end)| start <= first && second <= end)
    }

    /// Whether a wall stands between two seconds.
    pub fn parts(&self, one: u32, other: u32) -> bool {
        let (first, second) = (one.min(other), one.max(other));
        first < second && self.walls.range(first + 1..=second).next().is_some()
    }

    /// The first seconds behind the walls, in order.
    pub fn walls(&self) -> impl Iterator<Item = u32> {
        self.walls.iter().copied()
    }

    /// The joined ranges.
    pub fn joins(&self) -> &[Span] {
        &self.joins
    }

    /// The ranges that a person set.
    pub fn exact(&self) -> &[Span] {
        &self.exact
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn anchors_far_apart_are_parted_without_a_look_at_every_second_between_them() {
        let mut boundaries = Boundaries::default();
        boundaries.part_pinned(&[4; 100], &[50, u32::MAX - 2]);
        assert_eq!(
            boundaries.walls().collect::<Vec<_>>(),
            [(u32::MAX - 2).midpoint(50)]
        );
    }

    proptest! {
        #[test]
        fn pinned_anchors_are_parted_at_the_lowest_second_nearest_to_the_middle(
            cells in prop::collection::vec(0_u64..3, 0..60),
            first in 0_u32..80,
            distance in 1_u32..80,
            merges in prop::collection::vec((0_u32..160, 0_u32..40), 0..4),
        ) {
            let second = first + distance;
            let edits: Vec<_> = merges
                .iter()
                .map(|&(start, length)| RangeEdit::Merge { start, end: start + length })
                .collect();
            let before = Boundaries::new(&edits);
            let mut after = before.clone();
            after.part_pinned(&cells, &[first, second]);
            let middle = first.midpoint(second);
            let height = |at: u32| cells.get(at as usize).copied().unwrap_or(0);
            let free = (first + 1..=second).filter(|&at| !before.joins_over(at - 1, at));
            let lowest = free.min_by_key(|&at| (height(at), at.abs_diff(middle)));
            prop_assert_eq!(after.walls().collect::<Vec<_>>(), Vec::from_iter(lowest));
        }
    }
}
