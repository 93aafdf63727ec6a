//! Boundaries as a person would draw them, second by second.

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

#[test]
fn a_start_is_set_by_moving_it_but_not_by_splitting_and_merging() {
    let set = |start, end| RangeEdit::SetRange { start, end };
    let are_set = |edits: &[RangeEdit]| {
        let boundaries = Boundaries::new(edits);
        let exact = boundaries.exact();
        let exact = exact.map(|range| (range, boundaries.is_start_set(range)));
        exact.collect::<Vec<_>>()
    };
    let moved = set(10, 40);
    assert_eq!(are_set(&[moved]), [((10, 40), true)]);
    let split = RangeEdit::Split { at: 20 };
    let parts = [((10, 19), true), ((20, 40), false)];
    assert_eq!(are_set(&[moved, split]), parts);
    let merge = RangeEdit::Merge { start: 30, end: 60 };
    assert_eq!(are_set(&[moved, merge]), []);
    assert_eq!(are_set(&[moved, merge, set(12, 50)]), [((12, 50), true)]);
    // What another range took away, no split gives back.
    let over = [set(20, 40), set(10, 30), split];
    assert_eq!(are_set(&over), [((10, 19), true), ((20, 30), false)]);
}

/// The same, told second by second.
struct Seconds {
    has_wall: Vec<bool>,
    /// Which joined range each second lies in, and whether a person set that one.
    join: Vec<Option<(usize, bool)>>,
}

impl Seconds {
    fn new(length: usize, edits: &[RangeEdit]) -> Self {
        let mut all = Self {
            has_wall: vec![false; length],
            join: vec![None; length],
        };
        for (number, edit) in (0..).zip(edits) {
            // What an edit joins anew, and what it parts from an older range.
            let (new, parted) = (2 * number, 2 * number + 1);
            match *edit {
                RangeEdit::Split { at } => all.split(at as usize, parted),
                RangeEdit::Merge { start, end } => {
                    let touched = all.touched(start, end);
                    let is_in = |join: Option<(usize, bool)>| {
                        join.is_some_and(|(which, _)| touched.contains(&which))
                    };
                    let mut whole: Vec<usize> = (start as usize..=end as usize).collect();
                    whole.extend((0..length).filter(|&at| is_in(all.join[at])));
                    all.join(&whole, (new, false));
                }
                RangeEdit::SetRange { start, end } => {
                    let touched = all.touched(start, end);
                    for at in 0..length {
                        if let Some((which, _)) = all.join[at]
                            && touched.contains(&which)
                        {
                            let is_left = at < start as usize;
                            all.join[at] = Some((if is_left { which } else { parted }, false));
                        }
                    }
                    let whole: Vec<usize> = (start as usize..=end as usize).collect();
                    all.join(&whole, (new, true));
                    all.has_wall[start as usize] = true;
                    all.has_wall[end as usize + 1] = true;
                }
            }
        }
        all
    }

    fn touched(&self, start: u32, end: u32) -> BTreeSet<usize> {
        let touched = self.join[start as usize..=end as usize].iter();
        touched.flatten().map(|(which, _)| *which).collect()
    }

    fn split(&mut self, at: usize, parted: usize) {
        self.has_wall[at] = true;
        if let (Some(before), Some(own)) = (self.join[at - 1], self.join[at])
            && before == own
        {
            let later = self.join[at..].iter_mut().flatten();
            later
                .filter(|join| **join == own)
                .for_each(|join| join.0 = parted);
        }
    }

    fn join(&mut self, whole: &[usize], join: (usize, bool)) {
        for &at in whole {
            self.join[at] = Some(join);
        }
        for &at in whole {
            if at > 0 && self.join[at - 1] == Some(join) {
                self.has_wall[at] = false;
            }
        }
    }

    fn around(&self, at: usize) -> Option<Span> {
        let own = self.join[at]?;
        let is_in = |&other: &usize| self.join[other] == Some(own);
        let first = (0..=at).rev().take_while(is_in).last();
        let last = (at..self.join.len()).take_while(is_in).last();
        Some((first? as u32, last? as u32))
    }
}

proptest! {
    #[test]
    fn each_second_is_joined_and_parted_as_the_edits_say_one_after_the_other(
        edits in prop::collection::vec((0_u8..3, 1_u32..50, 0_u32..12), 0..24),
    ) {
        let edits: Vec<_> = edits
            .into_iter()
            .map(|(kind, start, length)| {
                let end = start + length;
                match kind {
                    0 => RangeEdit::Split { at: start },
                    1 => RangeEdit::Merge { start, end },
                    _ => RangeEdit::SetRange { start, end },
                }
            })
            .collect();
        let (all, seconds) = (Boundaries::new(&edits), Seconds::new(64, &edits));
        for at in 0..64 {
            let second = at as u32;
            let around = seconds.around(at);
            prop_assert_eq!(all.join_around(second), around);
            let is_set = seconds.join[at].is_some_and(|(_, is_set)| is_set);
            prop_assert_eq!(all.exact_around(second), around.filter(|_| is_set));
            prop_assert_eq!(all.walls().any(|wall| wall == second), seconds.has_wall[at]);
            for later in at..64 {
                let is_joined = around.is_some_and(|(_, end)| later as u32 <= end);
                prop_assert_eq!(all.joins_over(second, later as u32), is_joined);
            }
        }
    }

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
