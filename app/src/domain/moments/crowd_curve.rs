//! The crowd curve of one segment: at every second, how many visitors pressed about then.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    ops::RangeInclusive,
};

use super::{heap_bytes, kernel::Kernel, moment::LAST_SECOND, weight::Weight};
use crate::domain::timestamp::TimestampId;

/// A visitor's number in one session: dense, given by the order in which the process saw them, and never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VisitorIndex(pub u32);

/// Spreads numbers that nobody outside chooses; a keyed hash would cost as much as the rest of a press.
#[derive(Default)]
pub struct IndexHasher(u64);

impl Hasher for IndexHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u32(u32::from(byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0 ^ u64::from(number))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(26);
    }
}

/// A map whose keys are visitors of one session.
pub type VisitorMap<T> = HashMap<VisitorIndex, T, BuildHasherDefault<IndexHasher>>;

/// One visitor's counted presses in a segment.
#[derive(Clone, Debug)]
struct Presses {
    weight: Weight,
    /// The offset of the last one: most presses come behind it, and needn't fetch the others from afar.
    last: Option<u32>,
    /// Sorted by offset, then id: also tells whether a row is counted.
    rows: Vec<(u32, TimestampId)>,
}

impl Presses {
    /// Adds a row, and tells what is beside it; nothing where it is known.
    fn insert(&mut self, row: (u32, TimestampId)) -> Option<Gap> {
        if self.last.is_none_or(|last| last < row.0) {
            self.rows.push(row);
            let before = self.last.replace(row.0);
            return Some(Gap {
                before,
                after: None,
            });
        }
        let at = self.rows.binary_search(&row).err()?;
        let gap = Gap::around(&self.rows[..at], &self.rows[at..]);
        self.rows.insert(at, row);
        Some(gap)
    }

    /// Takes a row out, and tells what was beside it; nothing where it isn't known.
    fn remove(&mut self, row: (u32, TimestampId)) -> Option<Gap> {
        let at = self.rows.binary_search(&row).ok()?;
        self.rows.remove(at);
        self.last = self.rows.last().map(|&(offset, _)| offset);
        Some(Gap::around(&self.rows[..at], &self.rows[at..]))
    }
}

/// `f(s) = Σ over visitors v of w_v · max over v's presses i of K(s - t_i)`.
///
/// The maximum makes a storm by one visitor count once at every second. Since `K` falls with distance, the maximum belongs to
/// the nearest press: a new one changes `f` only up to half-way to the visitor's presses beside it. Everything is an integer,
/// so that [`Self::remove`] is the exact inverse of [`Self::insert`], and neither order nor batches matter.
#[derive(Clone, Debug)]
pub struct CrowdCurve {
    kernel: Kernel,
    /// `f` at each second from 0; cells behind the last one are 0.
    cells: Vec<u64>,
    visitors: VisitorMap<Presses>,
    /// How many rows are counted.
    rows: usize,
}

impl CrowdCurve {
    /// A curve without presses.
    pub fn new(kernel: Kernel) -> Self {
        Self {
            kernel,
            cells: Vec::new(),
            visitors: VisitorMap::default(),
            rows: 0,
        }
    }

    /// `f` at each second from 0 to the last one that is not 0, in 1/65,536 of a visitor.
    pub fn cells(&self) -> &[u64] {
        let end = self.cells.iter().rposition(|&cell| cell > 0);
        &self.cells[..end.map_or(0, |last| last + 1)]
    }

    /// Counts a row, unless it lies behind [`LAST_SECOND`]. Returns the seconds between which the curve may have changed, or
    /// nothing where the row was counted already. What a visitor counts for is what the first of their counted rows says.
    pub fn insert(
        &mut self,
        visitor: VisitorIndex,
        offset: u32,
        id: TimestampId,
        weight: Weight,
    ) -> Option<RangeInclusive<u32>> {
        if offset > LAST_SECOND {
            return None;
        }
        let presses = self.visitors.entry(visitor).or_insert_with(|| Presses {
            weight,
            last: None,
            rows: Vec::new(),
        });
        let gap = presses.insert((offset, id))?;
        let weight = presses.weight;
        self.rows += 1;
        Some(self.change(offset, gap, weight, true))
    }

    /// Takes a row out again, as if it had never been. Returns the seconds between which the curve may have changed, or
    /// nothing where the row wasn't counted.
    pub fn remove(
        &mut self,
        visitor: VisitorIndex,
        offset: u32,
        id: TimestampId,
    ) -> Option<RangeInclusive<u32>> {
        let presses = self.visitors.get_mut(&visitor)?;
        let gap = presses.remove((offset, id))?;
        let weight = presses.weight;
        if presses.rows.is_empty() {
            self.visitors.remove(&visitor);
        }
        self.rows -= 1;
        Some(self.change(offset, gap, weight, false))
    }

    /// A visitor's counted rows, by offset.
    pub fn rows_of(&self, visitor: VisitorIndex) -> Vec<(u32, TimestampId)> {
        let presses = self.visitors.get(&visitor);
        presses
            .map(|presses| presses.rows.clone())
            .unwrap_or_default()
    }

    /// Every visitor's weight and counted rows, in no order.
    pub fn presses(&self) -> impl Iterator<Item = (VisitorIndex, Weight, &[(u32, TimestampId)])> {
        let visitors = self.visitors.iter();
        visitors.map(|(&visitor, presses)| (visitor, presses.weight, presses.rows.as_slice()))
    }

    /// How many visitors have counted rows.
    pub fn visitors(&self) -> usize {
        self.visitors.len()
    }

    /// About how many bytes it holds: 8 for each second up to the last press, however few there are, and those of the rows.
    pub fn heap_bytes(&self) -> usize {
        heap_bytes::of_vec(&self.cells)
            + heap_bytes::of_map(&self.visitors)
            + heap_bytes::of_vecs::<(u32, TimestampId)>(self.visitors.len(), self.rows)
    }

    /// Adds or takes away what a press counts for beyond its visitor's presses beside it.
    fn change(&mut self, offset: u32, gap: Gap, weight: Weight, adds: bool) -> RangeInclusive<u32> {
        let reach = self.kernel.reach();
        let first = offset.saturating_sub(reach);
        let last = offset.saturating_add(reach);
        if gap.is_closed(offset) {
            return offset..=offset;
        }
        if self.cells.len() <= last as usize {
            self.cells.resize(last as usize + 1, 0);
        }
        let of = |value: u64| weight.of(value);
        let move_by = |cell: &mut u64, more: u64| {
            *cell = if adds { *cell + more } else { *cell - more };
        };
        if gap.reaches(offset, 2 * reach) {
            for (second, cell) in (first..).zip(&mut self.cells[first as usize..=last as usize]) {
                let beside = of(gap.highest(self.kernel, second));
                let own = of(self.kernel.at(second.abs_diff(offset)));
                move_by(cell, own.saturating_sub(beside));
            }
        } else {
            // The visitor pressed nowhere near: most do, and all is theirs to add.
            let (before, after) =
                self.cells[first as usize..=last as usize].split_at_mut((offset - first) as usize);
            let values = self.kernel.values();
            for (cell, &value) in after.iter_mut().zip(values) {
                move_by(cell, of(value.into()));
            }
            for (cell, &value) in before.iter_mut().rev().zip(values.iter().skip(1)) {
                move_by(cell, of(value.into()));
            }
        }
        first..=last
    }
}

/// A visitor's presses on both sides of one of theirs.
#[derive(Clone, Copy)]
struct Gap {
    before: Option<u32>,
    after: Option<u32>,
}

impl Gap {
    fn around(before: &[(u32, TimestampId)], after: &[(u32, TimestampId)]) -> Self {
        Self {
            before: before.last().map(|&(offset, _)| offset),
            after: after.first().map(|&(offset, _)| offset),
        }
    }

    /// Whether one of them is so near that both count at some second.
    fn reaches(self, offset: u32, distance: u32) -> bool {
        let mut beside = [self.before, self.after].into_iter().flatten();
        beside.any(|press| press.abs_diff(offset) <= distance)
    }

    /// What they count for at a second.
    fn highest(self, kernel: Kernel, second: u32) -> u64 {
        let of = |press: Option<u32>| press.map_or(0, |press| kernel.at(press.abs_diff(second)));
        of(self.before).max(of(self.after))
    }

    /// Whether a press adds nothing, since its visitor pressed at the same second.
    fn is_closed(self, offset: u32) -> bool {
        self.before == Some(offset) || self.after == Some(offset)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    /// Visitor, second, and how the id is told apart.
    type Press = (u32, u32, u8);

    fn id(press: &Press) -> TimestampId {
        TimestampId(Uuid::from_u128(u128::from(press.2)))
    }

    /// Every visitor has a weight of their own.
    fn weight(visitor: u32) -> Weight {
        Weight::new(u16::try_from(256 - 37 * (visitor % 4)).unwrap())
    }

    fn insert(curve: &mut CrowdCurve, press: &Press) -> Option<RangeInclusive<u32>> {
        curve.insert(VisitorIndex(press.0), press.1, id(press), weight(press.0))
    }

    /// The formula, read aloud.
    fn by_definition(kernel: Kernel, presses: &[Press]) -> Vec<u64> {
        let height = |second: u32| -> u64 {
            let of = |visitor: u32| {
                let own = presses.iter().filter(|press| press.0 == visitor);
                let values =
                    own.map(|press| weight(visitor).of(kernel.at(press.1.abs_diff(second))));
                values.max().unwrap_or(0)
            };
            (0..8).map(of).sum()
        };
        let mut cells: Vec<u64> = (0..160).map(height).collect();
        while cells.last() == Some(&0) {
            cells.pop();
        }
        cells
    }

    fn presses() -> impl Strategy<Value = Vec<Press>> {
        prop::collection::vec((0_u32..6, 0_u32..120, 0_u8..3), 0..40)
    }

    #[test]
    fn a_segment_that_was_forgotten_takes_no_more_memory_than_seven_days() {
        let mut curve = CrowdCurve::new(Kernel::LIVE);
        assert!(insert(&mut curve, &(1, LAST_SECOND + 1, 0)).is_none());
        assert!(insert(&mut curve, &(1, i32::MAX.unsigned_abs(), 1)).is_none());
        assert!(insert(&mut curve, &(1, LAST_SECOND, 2)).is_some());
        assert!(
            curve
                .remove(VisitorIndex(1), LAST_SECOND + 1, id(&(1, 0, 0)))
                .is_none()
        );
    }

    proptest! {
        #[test]
        fn a_curve_is_what_its_formula_says_in_whatever_order_presses_come(
            presses in presses(),
            order in any::<prop::sample::Index>(),
        ) {
            for kernel in [Kernel::LIVE, Kernel::SHARP] {
                let mut curve = CrowdCurve::new(kernel);
                let (first, then) = presses.split_at(order.index(presses.len() + 1));
                for press in then.iter().chain(first) {
                    insert(&mut curve, press);
                }
                prop_assert_eq!(curve.cells(), by_definition(kernel, &presses));
            }
        }

        #[test]
        fn a_press_that_is_taken_out_has_never_been(presses in presses(), press in (0_u32..6, 0_u32..120, 0_u8..3)) {
            let mut curve = CrowdCurve::new(Kernel::LIVE);
            for other in &presses {
                insert(&mut curve, other);
            }
            let before = curve.cells().to_vec();
            let rows = curve.rows_of(VisitorIndex(press.0));
            let added = insert(&mut curve, &press);
            prop_assert_eq!(added.is_none(), presses.contains(&press));
            if let Some(touched) = added {
                let changed = (0..curve.cells().len()).filter(|&at| before.get(at).copied().unwrap_or(0) != curve.cells()[at]);
                for second in changed {
                    prop_assert!(touched.contains(&u32::try_from(second).unwrap()));
                }
                prop_assert!(curve.remove(VisitorIndex(press.0), press.1, id(&press)).is_some());
            }
            prop_assert_eq!(curve.cells(), before);
            prop_assert_eq!(curve.rows_of(VisitorIndex(press.0)), rows);
        }

        #[test]
        fn a_curve_tells_what_it_holds_without_looking_at_its_rows(
            presses in presses(), hidden in any::<prop::sample::Index>(),
        ) {
            let mut curve = CrowdCurve::new(Kernel::LIVE);
            for press in &presses {
                insert(&mut curve, press);
            }
            let visitors = curve.visitors.values();
            let rows: usize = visitors.map(|presses| heap_bytes::of_vec(&presses.rows)).sum();
            prop_assert!(curve.heap_bytes() >= heap_bytes::of_vec(&curve.cells) + rows);
            for press in &presses[hidden.index(presses.len() + 1)..] {
                curve.remove(VisitorIndex(press.0), press.1, id(press));
            }
            let rows = curve.visitors.values().map(|presses| presses.rows.len());
            prop_assert_eq!(curve.rows, rows.sum::<usize>());
        }

        #[test]
        fn a_storm_counts_once(second in 20_u32..100, storm in prop::collection::vec(0_u32..12, 1..60)) {
            let mut curve = CrowdCurve::new(Kernel::LIVE);
            for (at, later) in storm.iter().enumerate() {
                let id = TimestampId(Uuid::from_u128(at as u128));
                curve.insert(VisitorIndex(0), second + later, id, Weight::WHOLE);
            }
            prop_assert_eq!(curve.cells().iter().max(), Some(&super::super::kernel::ONE_VISITOR));
        }

        #[test]
        fn one_press_moves_no_second_by_more_than_one_visitor(presses in presses(), press in (0_u32..6, 0_u32..120)) {
            let mut curve = CrowdCurve::new(Kernel::LIVE);
            for other in &presses {
                insert(&mut curve, other);
            }
            let before = curve.cells().to_vec();
            insert(&mut curve, &(press.0, press.1, 9));
            for (at, &cell) in curve.cells().iter().enumerate() {
                let before = before.get(at).copied().unwrap_or(0);
                prop_assert!(cell >= before && cell - before <= super::super::kernel::ONE_VISITOR);
            }
        }
    }
}
