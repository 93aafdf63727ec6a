//! Groups beside an independent implementation, and what a small change of the curve can't do to them.

use proptest::prelude::*;

use super::{super::boundaries::RangeEdit, *};

fn free(cells: &[u64]) -> Groups {
    groups(cells, &Boundaries::default())
}

fn tops(cells: &[u64]) -> Vec<u32> {
    free(cells).groups.iter().map(|group| group.peak).collect()
}

#[test]
fn groups_are_those_of_an_independent_tomato() {
    let lines = include_str!("oracle.txt").lines();
    let mut compared = 0;
    for line in lines.filter(|line| !line.starts_with('#')) {
        let (cells, peaks) = line.split_once('|').unwrap();
        let cells: Vec<u64> = cells
            .split_whitespace()
            .map(|cell| cell.parse().unwrap())
            .collect();
        let peaks: Vec<u32> = peaks
            .split_whitespace()
            .map(|peak| peak.parse().unwrap())
            .collect();
        assert_eq!(tops(&cells), peaks, "{line}");
        compared += 1;
    }
    assert_eq!(compared, 60);
}

#[test]
fn a_range_ends_in_the_valley_or_at_a_quarter_of_the_peak() {
    let cells = [0, 1, 5, 20, 40, 20, 11, 5, 3, 0, 0, 30, 100, 60, 55, 70, 10];
    let found = free(&cells);
    let ranges: Vec<_> = found
        .groups
        .iter()
        .map(|group| range_of(&cells, group, &Boundaries::default()))
        .collect();
    assert_eq!(tops(&cells), [4, 12, 15]);
    assert_eq!(ranges, [(3, 6), (11, 14), (15, 15)]);
}

#[test]
fn a_wall_parts_a_slope_and_a_join_fills_a_valley() {
    let cells = [0, 10, 40, 80, 70, 60, 5, 0, 0, 50, 20];
    let parted = groups(&cells, &Boundaries::new(&[RangeEdit::Split { at: 5 }]));
    assert_eq!(
        parted
            .groups
            .iter()
            .map(|group| group.peak)
            .collect::<Vec<_>>(),
        [3, 5, 9]
    );
    assert_eq!(parted.borders[0], Border::Wall);
    let boundaries = Boundaries::new(&[RangeEdit::Merge { start: 2, end: 10 }]);
    let joined = groups(&cells, &boundaries);
    assert_eq!(joined.groups.len(), 1);
    assert_eq!(range_of(&cells, &joined.groups[0], &boundaries), (2, 10));
    let set = Boundaries::new(&[RangeEdit::SetRange { start: 20, end: 29 }]);
    let empty = groups(&cells, &set).groups[2];
    assert_eq!(
        (empty.peak, empty.height, range_of(&cells, &empty, &set)),
        (24, 0, (20, 29))
    );
}

/// Every local maximum against every other one: it lives unless the way to a higher one (or an equal earlier one) is too high.
fn by_definition(cells: &[u64]) -> Vec<u32> {
    let higher = |one: usize, other: usize| {
        cells[one] > cells[other] || (cells[one] == cells[other] && one < other)
    };
    let lives = |peak: usize| {
        (0..cells.len())
            .filter(|&other| higher(other, peak))
            .all(|other| {
                let way = &cells[peak.min(other)..=peak.max(other)];
                way.iter().min().unwrap() * 5 <= cells[peak] * 4
            })
    };
    let all = 0..cells.len();
    all.filter(|&peak| cells[peak] > 0 && lives(peak))
        .map(|peak| u32::try_from(peak).unwrap())
        .collect()
}

fn smooth(walk: &[i32]) -> Vec<u64> {
    let mut height = 0_i64;
    let steps = walk.iter().map(|&step| {
        height = (height + i64::from(step)).max(0);
        u64::try_from(height).unwrap()
    });
    steps.collect()
}

fn group_at(groups: &Groups, second: u32) -> Option<usize> {
    groups
        .groups
        .iter()
        .position(|group| (group.first..=group.last).contains(&second))
}

fn walk() -> impl Strategy<Value = Vec<i32>> {
    prop::collection::vec(-20_000_i32..20_000, 1..120)
}

/// How far the curve is moved at any second.
const CHANGE: u64 = 3_000;

proptest! {
    #[test]
    fn peaks_are_what_persistence_says(cells in walk().prop_map(|walk| smooth(&walk))) {
        let mut cells = cells;
        for pair in 1..cells.len() {
            if cells[pair] == cells[pair - 1] {
                cells[pair] += 1; // a plateau's peak is its middle, which the definition doesn't know
            }
        }
        prop_assert_eq!(tops(&cells), by_definition(&cells));
    }

    #[test]
    fn groups_part_and_join_only_by_more_than_their_margin(
        walk in walk(),
        moves in prop::collection::vec(0..=2 * CHANGE, 120),
    ) {
        let cells: Vec<u64> = smooth(&walk).iter().map(|cell| cell + CHANGE).collect();
        let moved: Vec<u64> = cells.iter().zip(&moves).map(|(cell, by)| cell + by - CHANGE).collect();
        let (before, after) = (free(&cells), free(&moved));
        for pair in before.groups.windows(2) {
            let between = &cells[pair[0].peak as usize..=pair[1].peak as usize];
            let valley = between.iter().min().unwrap();
            let lower = pair[0].height.min(pair[1].height);
            if (valley + CHANGE) * 5 <= lower.saturating_sub(CHANGE) * 4 {
                prop_assert_ne!(group_at(&after, pair[0].peak), group_at(&after, pair[1].peak));
            }
        }
        for group in &before.groups {
            let high = (group.first..=group.last).filter(|&at| {
                cells[at as usize].saturating_sub(2 * CHANGE) * 5 > (group.height + CHANGE) * 4
            });
            let high: Vec<u32> = high.collect();
            let is_one_piece = high.windows(2).all(|pair| pair[0] + 1 == pair[1]);
            if is_one_piece {
                for &second in &high {
                    prop_assert_eq!(group_at(&after, second), group_at(&after, group.peak));
                }
            }
        }
    }

    #[test]
    fn groups_tile_the_time_and_ranges_lie_in_them(cells in walk().prop_map(|walk| smooth(&walk)), at in 1_u32..100) {
        let boundaries = Boundaries::new(&[RangeEdit::Split { at }, RangeEdit::Merge { start: at + 5, end: at + 30 }]);
        let found = groups(&cells, &boundaries);
        for pair in found.groups.windows(2) {
            prop_assert!(pair[0].last < pair[1].first);
        }
        for group in &found.groups {
            let (start, end) = range_of(&cells, group, &boundaries);
            prop_assert!(group.first <= start && start <= group.peak && group.peak <= end && end <= group.last);
            prop_assert!(!(start < at && at <= end), "a range lies over a wall");
        }
        let over = found.groups.iter().filter(|group| group.first <= at + 30 && at + 5 <= group.last);
        prop_assert!(over.count() <= 1);
    }
}
