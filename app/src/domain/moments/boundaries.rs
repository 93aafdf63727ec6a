//! Where a person's acts and names part the curve, and where they join it.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

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
///
/// A segment may have a thousand edits, and everybody who writes waits while another one is made: no lookup goes through all of
/// them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Boundaries {
    /// The first second behind each wall.
    walls: BTreeSet<u32>,
    /// Ranges inside of which no valley parts anything, by their first second. No two share a second.
    joins: BTreeMap<u32, Join>,
    /// Where ranges started when a person set them.
    starts: BTreeSet<u32>,
}

/// What is joined from some second on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Join {
    /// The last second.
    end: u32,
    /// Whether the range is a moment exactly as it is.
    is_exact: bool,
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
        if let Some((_, join)) = self.joins.range_mut(..at).next_back()
            && at <= join.end
        {
            let later = *join;
            join.end = at - 1;
            self.joins.insert(at, later);
        }
        self.walls.insert(at);
        // The later part starts where the earlier one ends: nobody said that it starts there.
        self.starts.remove(&at);
    }

    fn merge(&mut self, start: u32, end: u32) {
        let mut whole = (start, end);
        for (from, to) in self.take_touching(start, end) {
            whole = (whole.0.min(from), whole.1.max(to));
        }
        self.join(whole, false);
    }

    fn set(&mut self, start: u32, end: u32) {
        // What is left of a range that another one covers in part is not a moment of its own.
        let rest = |end| Join {
            end,
            is_exact: false,
        };
        for (from, to) in self.take_touching(start, end) {
            if from < start {
                self.joins.insert(from, rest(start - 1));
            }
            if to > end {
                self.joins.insert(end + 1, rest(to));
            }
        }
        self.join((start, end), true);
        let taken: Vec<u32> = self.starts.range(start..=end).copied().collect();
        for at in taken {
            self.starts.remove(&at);
        }
        self.starts.insert(start);
        self.walls.extend([start, end.saturating_add(1)]);
    }

    /// Joins a range that no other one touches. No wall stands in it any more.
    fn join(&mut self, (start, end): Span, is_exact: bool) {
        let inside = (Bound::Excluded(start), Bound::Included(end));
        let walls: Vec<u32> = self.walls.range(inside).copied().collect();
        for wall in walls {
            self.walls.remove(&wall);
        }
        self.joins.insert(start, Join { end, is_exact });
    }

    /// Takes out the joined ranges that share a second with this range.
    fn take_touching(&mut self, start: u32, end: u32) -> Vec<Span> {
        let touching: Vec<Span> = self.joins_touching(start, end).collect();
        for (start, _) in &touching {
            self.joins.remove(start);
        }
        touching
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
                .joins_touching(behind - 1, second)
                .flat_map(|(start, end)| [start, end.saturating_add(1)]);
            let silent = edges.chain([middle.max(behind), behind]);
            let silent = silent.filter(|at| (behind..=second).contains(at));
            let free = (first + 1..=second.min(behind)).chain(silent);
            let free = free.filter(|&at| !self.joins_over(at - 1, at));
            let lowest = free.min_by_key(|&at| (height(at), at.abs_diff(middle), at));
            self.walls.extend(lowest);
        }
    }

    /// Parts what lies before a second from what lies behind it, at the border of a joined range.
    pub(super) fn part_at(&mut self, border: u32) {
        self.walls.insert(border);
    }

    /// Whether two seconds, the earlier one first, lie in one joined range.
    pub fn joins_over(&self, first: u32, second: u32) -> bool {
        let join = self.join_around(first);
        join.is_some_and(|(_, end)| second <= end)
    }

    /// The joined range that a second lies in.
    pub fn join_around(&self, second: u32) -> Option<Span> {
        self.joins_touching(second, second).next()
    }

    /// The joined ranges that share a second with this range, the last one first.
    pub fn joins_touching(&self, start: u32, end: u32) -> impl Iterator<Item = Span> {
        let before = self.joins.range(..=end).rev();
        let before = before.map(|(&from, join)| (from, join.end));
        before.take_while(move |&(_, to)| start <= to)
    }

    /// The range that a person set and that a second lies in.
    pub fn exact_around(&self, second: u32) -> Option<Span> {
        let (&start, join) = self.joins.range(..=second).next_back()?;
        (join.is_exact && second <= join.end).then_some((start, join.end))
    }

    /// Whether a person set exactly this range.
    pub fn is_exact(&self, range: Span) -> bool {
        self.exact_around(range.0) == Some(range)
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

    /// Where a person split a moment: the walls that are no border of a range that somebody set, in order.
    pub fn splits(&self) -> impl Iterator<Item = u32> {
        self.walls().filter(|&wall| {
            let last = wall.checked_sub(1);
            let before = last.and_then(|last| self.exact_around(last));
            let behind = self.exact_around(wall);
            before.is_none_or(|(_, end)| end >= wall)
                && behind.is_none_or(|(start, _)| start < wall)
        })
    }

    /// The joined ranges, in order.
    pub fn joins(&self) -> impl Iterator<Item = Span> {
        self.joins.iter().map(|(&start, join)| (start, join.end))
    }

    /// The ranges that a person set, in order.
    pub fn exact(&self) -> impl DoubleEndedIterator<Item = Span> {
        let exact = self.joins.iter().filter(|(_, join)| join.is_exact);
        exact.map(|(&start, join)| (start, join.end))
    }

    /// Whether a person said that a moment with this range starts where it does: they moved its start or end, which stand side
    /// by side, or made it of a range. The later part of a split starts where the other one ends, which is no word on its
    /// start, and merged moments are no range that anybody set.
    pub fn is_start_set(&self, range: Span) -> bool {
        self.is_exact(range) && self.starts.contains(&range.0)
    }
}

#[cfg(test)]
mod tests;
