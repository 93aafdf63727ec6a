//! Ids that stay where they belong, whatever the crowd does.

use proptest::prelude::*;
use uuid::Uuid;

use super::{super::kernel::ONE_VISITOR, *};

const FIVE: Thresholds = Thresholds {
    from: 5 * ONE_VISITOR,
    keeps: 2 * ONE_VISITOR,
};

/// A curve of hills: where, and of how many visitors. Each is 10 s wide to both sides.
fn hills(hills: &[(u32, u64)]) -> Vec<u64> {
    let mut cells = vec![0; 400];
    for &(peak, visitors) in hills {
        for second in peak.saturating_sub(10)..=peak + 10 {
            let height = visitors * ONE_VISITOR * u64::from(11 - second.abs_diff(peak)) / 11;
            let cell: &mut u64 = &mut cells[second as usize];
            *cell = height.max(*cell);
        }
    }
    cells
}

fn id(number: u128) -> MomentId {
    MomentId(Uuid::from_u128(number))
}

fn stored(number: u128, anchor: u32) -> StoredMoment {
    StoredMoment {
        id: id(number),
        anchor,
        is_pinned: false,
        is_shown: true,
    }
}

fn pinned(number: u128, anchor: u32) -> StoredMoment {
    StoredMoment {
        is_pinned: true,
        ..stored(number, anchor)
    }
}

fn ids(fold: &Fold) -> Vec<(Option<MomentId>, u32)> {
    fold.moments
        .iter()
        .map(|found| (found.id, found.peak))
        .collect()
}

#[test]
fn a_crowd_of_five_is_a_moment_and_stays_one_above_two() {
    let new = |visitors| fold(&hills(&[(100, visitors)]), &[], &[], FIVE);
    assert_eq!(ids(&new(5)), [(None, 100)]);
    assert_eq!(new(4), Fold::default());
    let known = |visitors| fold(&hills(&[(100, visitors)]), &[], &[stored(1, 100)], FIVE);
    assert_eq!(ids(&known(3)), [(Some(id(1)), 100)]);
    assert_eq!(known(2).vanished, [id(1)]);
    let gone = StoredMoment {
        is_shown: false,
        ..stored(1, 100)
    };
    let back = |visitors| fold(&hills(&[(100, visitors)]), &[], &[gone], FIVE).moments[0];
    assert_eq!((back(4).id, back(4).is_shown), (Some(id(1)), false));
    assert_eq!((back(5).id, back(5).is_shown), (Some(id(1)), true));
}

#[test]
fn an_id_goes_to_the_nearest_peak_within_twelve_seconds() {
    let cells = hills(&[(100, 9), (130, 9)]);
    let near = |anchor| ids(&fold(&cells, &[], &[stored(1, anchor)], FIVE));
    assert_eq!(near(112), [(Some(id(1)), 100), (None, 130)]);
    assert_eq!(near(119), [(None, 100), (Some(id(1)), 130)]);
    assert_eq!(near(143), [(None, 100), (None, 130)]);
    let both = fold(&cells, &[], &[stored(1, 111), stored(2, 120)], FIVE);
    assert_eq!(ids(&both), [(Some(id(1)), 100), (Some(id(2)), 130)]);
}

#[test]
fn a_peak_that_wanders_takes_its_id_and_its_anchor_along() {
    let cells: Vec<u64> = (0..100).map(|at| (at + 100) * ONE_VISITOR / 4).collect();
    let anchor = |stored| {
        let found = fold(&cells, &[], &[stored], FIVE).moments;
        assert_eq!((found[0].id, found[0].peak), (Some(id(1)), 99));
        found[0].anchor
    };
    assert_eq!([40, 92, 93].map(|at| anchor(stored(1, at))), [99, 99, 93]);
    assert_eq!(anchor(pinned(1, 40)), 40, "a person put it there");
}

#[test]
fn of_two_that_became_one_the_other_id_redirects() {
    let found = fold(
        &hills(&[(100, 9)]),
        &[],
        &[stored(1, 97), stored(2, 102)],
        FIVE,
    );
    assert_eq!(ids(&found), [(Some(id(2)), 100)]);
    assert_eq!(
        found.absorbed,
        [Absorbed {
            id: id(1),
            into: id(2)
        }]
    );
    assert!(found.vanished.is_empty());
}

#[test]
fn it_takes_a_deeper_valley_to_split_a_moment_than_to_stay_apart() {
    let valley = |share: u64| {
        let mut cells = hills(&[(100, 30), (120, 20)]);
        for cell in &mut cells[100..=120] {
            *cell = (*cell).max(20 * ONE_VISITOR * share / 100);
        }
        cells
    };
    let one = [stored(1, 100)];
    let two = [stored(1, 100), stored(2, 120)];
    assert_eq!(
        ids(&fold(&valley(78), &[], &one, FIVE)),
        [(Some(id(1)), 100)]
    );
    assert_eq!(fold(&valley(78), &[], &one, FIVE).moments[0].end, 126);
    assert_eq!(fold(&valley(78), &[], &two, FIVE).moments.len(), 2);
    assert_eq!(
        ids(&fold(&valley(74), &[], &one, FIVE)),
        [(Some(id(1)), 100), (None, 120)]
    );
    assert_eq!(fold(&valley(82), &[], &two, FIVE).absorbed.len(), 1);
}

#[test]
fn what_a_person_named_outlives_its_crowd_and_its_valley() {
    let found = fold(&hills(&[]), &[], &[pinned(1, 100)], FIVE);
    assert_eq!(ids(&found), [(Some(id(1)), 100)]);
    let filled = hills(&[(110, 50)]);
    let found = fold(
        &filled,
        &[],
        &[pinned(1, 104), pinned(2, 116), stored(3, 110)],
        FIVE,
    );
    let pins: Vec<_> = found.moments.iter().filter_map(|found| found.id).collect();
    assert_eq!(pins, [id(1), id(2)]);
    assert_eq!(found.absorbed.len(), 1);
}

/// The silence of a range that people joined reaches to the crowds on both sides, and is theirs as far as they stand nearer.
#[test]
fn a_merged_moment_whose_presses_are_hidden_waits_for_them_beside_other_crowds() {
    let merge = [RangeEdit::Merge {
        start: 193,
        end: 257,
    }];
    let known = [pinned(1, 200), stored(2, 60), stored(3, 330)];
    let found = |crowds: &[(u32, u64)]| fold(&hills(crowds), &merge, &known, FIVE);
    let (beside, own) = ([(60, 9), (330, 9)], [(200, 9), (250, 9)]);
    let all = found(&[beside, own].concat());
    let others = [(Some(id(2)), 60), (Some(id(3)), 330)];
    assert_eq!(ids(&all), [others[0], (Some(id(1)), 200), others[1]]);
    for left in [&[][..], &beside[..1], &beside[1..], &beside] {
        let waiting = found(left);
        let there = |(_, peak): &&(Option<MomentId>, u32)| left.iter().any(|(at, _)| at == peak);
        let mut expected: Vec<_> = others.iter().filter(there).copied().collect();
        expected.push((Some(id(1)), 200));
        expected.sort_unstable_by_key(|(_, peak)| *peak);
        assert_eq!(ids(&waiting), expected);
        let own = waiting.moments.iter().find(|found| found.id == Some(id(1)));
        let own = own.map(|own| (own.start, own.end, own.excess, own.is_shown));
        assert_eq!(own, Some((200, 200, 0, true)));
        assert!(waiting.absorbed.is_empty());
    }
}

#[test]
fn a_crowd_that_wandered_out_of_a_merged_moment_is_its_own_unless_it_has_an_id() {
    let (start, end) = (193, 257);
    let cells = hills(&[(200, 9), (262, 9)]);
    let found = |known: &[_]| {
        ids(&fold(
            &cells,
            &[RangeEdit::Merge { start, end }],
            known,
            FIVE,
        ))
    };
    let own = (Some(id(1)), 200);
    assert_eq!(found(&[pinned(1, 200)]), [own]);
    let both = found(&[pinned(1, 200), stored(2, 262)]);
    assert_eq!(both, [own, (Some(id(2)), 262)]);
}

#[test]
fn a_split_gives_each_half_an_id_and_a_merge_one_to_both() {
    let cells = hills(&[(100, 20), (108, 19)]);
    let split = [RangeEdit::Split { at: 104 }];
    let halves = fold(&cells, &split, &[pinned(1, 100)], FIVE);
    assert_eq!(ids(&halves), [(Some(id(1)), 100), (None, 108)]);
    let apart = hills(&[(100, 20), (150, 19)]);
    let merge = [RangeEdit::Merge {
        start: 95,
        end: 155,
    }];
    let one = fold(&apart, &merge, &[pinned(1, 100)], FIVE);
    assert_eq!(ids(&one), [(Some(id(1)), 100)]);
    assert!(one.moments[0].start <= 95 && one.moments[0].end >= 155);
}

#[test]
fn what_a_person_left_out_of_a_range_is_no_moment_unless_it_has_a_peak_of_its_own() {
    let set = [RangeEdit::SetRange {
        start: 96,
        end: 110,
    }];
    let one = fold(&hills(&[(100, 40)]), &set, &[pinned(1, 100)], FIVE);
    assert_eq!(ids(&one), [(Some(id(1)), 100)]);
    assert_eq!((one.moments[0].start, one.moments[0].end), (96, 110));
    let two = fold(
        &hills(&[(80, 40), (100, 40)]),
        &set,
        &[pinned(1, 100)],
        FIVE,
    );
    assert_eq!(ids(&two), [(None, 80), (Some(id(1)), 100)]);
}

/// What a person may have done: acts on ranges, and moments with names, the halves of a split among them.
fn acts() -> impl Strategy<Value = (Vec<RangeEdit>, Vec<StoredMoment>)> {
    let pins = prop::collection::btree_set(1_u32..380, 0..5);
    let others = prop::collection::btree_set(1_u32..380, 0..5);
    let edits = prop::collection::vec((0_u8..3, 0_u32..380, 1_u32..40), 0..4);
    (pins, others, edits).prop_map(|(pins, others, edits)| {
        let edits = edits.into_iter().map(|(kind, start, length)| match kind {
            0 => RangeEdit::Split { at: start },
            1 => RangeEdit::Merge {
                start,
                end: start + length,
            },
            _ => RangeEdit::SetRange {
                start,
                end: start + length,
            },
        });
        let edits: Vec<_> = edits.collect();
        let all = Boundaries::new(&edits);
        let mut free = Vec::new();
        // Two names in one joined range are none that the store would hold: one of them was absorbed by the merge.
        for pin in pins {
            let is_free = |other: &u32| !all.joins_over((*other).min(pin), (*other).max(pin));
            if free.iter().all(is_free) {
                free.push(pin);
            }
        }
        let named = free
            .iter()
            .map(|&anchor| pinned(u128::from(anchor), anchor));
        let rest = others.iter().filter(|anchor| !free.contains(anchor));
        let rest = rest.map(|&anchor| stored(u128::from(anchor), anchor));
        let stored = named.chain(rest).collect();
        (edits, stored)
    })
}

fn crowd() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec((12_u32..380, 1_u64..40), 0..14).prop_map(|peaks| hills(&peaks))
}

proptest! {
    #[test]
    fn what_a_person_did_is_never_undone_by_a_press((edits, stored) in acts(), cells in crowd()) {
        let found = fold(&cells, &edits, &stored, FIVE);
        for pin in stored.iter().filter(|moment| moment.is_pinned) {
            let own: Vec<_> = found.moments.iter().filter(|found| found.id == Some(pin.id)).collect();
            prop_assert!(own.len() == 1 && own[0].is_shown, "{:?} is gone", pin);
        }
        let boundaries = Boundaries::new(&edits);
        for found in &found.moments {
            prop_assert!(!boundaries.parts(found.start, found.end), "{:?} lies over a wall", found);
        }
        for (start, end) in boundaries.joins() {
            let over = found.moments.iter().filter(|found| found.height > 0 && found.start <= end && start <= found.end);
            prop_assert!(over.count() <= 1, "{}..{} is not one", start, end);
        }
        for set in boundaries.exact() {
            let is_start_set = boundaries.is_start_set(set);
            let is_it = |found: &&FoundMoment| (found.start, found.end) == set;
            prop_assert!(found.moments.iter().find(is_it).is_some_and(|found| found.is_start_set == is_start_set));
        }
    }

    /// However far the next crowd is: it keeps its own id, and the named moment waits at its place for its crowd.
    #[test]
    fn a_named_moment_whose_crowd_is_gone_takes_no_other_crowd(
        at in 20_u32..180, apart in 40_u32..200, named in 5_u64..40, other in 5_u64..40, is_first in any::<bool>(),
    ) {
        let (own, theirs) = if is_first { (at, at + apart) } else { (at + apart, at) };
        let known = [pinned(1, own), stored(2, theirs)];
        let both = fold(&hills(&[(own, named), (theirs, other)]), &[], &known, FIVE);
        let alone = fold(&hills(&[(theirs, other)]), &[], &known, FIVE);
        for found in [&both, &alone] {
            let mut expected = [(Some(id(1)), own), (Some(id(2)), theirs)];
            expected.sort_unstable_by_key(|(_, peak)| *peak);
            prop_assert_eq!(ids(found), expected);
        }
        let waiting = alone.moments.iter().find(|found| found.id == Some(id(1))).unwrap();
        prop_assert_eq!((waiting.start, waiting.end, waiting.excess), (own, own, 0));
    }

    /// Nor does one that people merged, wherever its crowds stood: those beside it keep their ids, and new ones get one.
    #[test]
    fn a_merged_moment_whose_crowds_are_gone_takes_none_of_those_beside_it(
        before in 14_u32..90, after in 14_u32..150, own in (8_u64..40, 8_u64..40), others in (8_u64..40, 8_u64..40),
        anchor in 133_u32..=217, are_known in any::<bool>(),
    ) {
        let (start, end) = (133, 217);
        let merge = [RangeEdit::Merge { start, end }];
        let merged = pinned(1, anchor);
        // Those that are no further from it than its own crowd may have wandered are known, if they are no part of it.
        let is_known = |distance| are_known || distance <= NEAR;
        let beside = [(start - before, others.0, before), (end + after, others.1, after)];
        let known = (2..).zip(beside).filter(|(_, (_, _, distance))| is_known(*distance));
        let known = known.map(|(number, (at, ..))| stored(number, at));
        let all: Vec<_> = known.chain([merged]).collect();
        let of = |at: u32| all.iter().find(|moment| moment.anchor == at).map(|moment| moment.id);
        let there = beside.map(|(at, visitors, _)| (at, visitors));
        let whole = hills(&[there[0], (140, own.0), (210, own.1), there[1]]);
        for cells in [&hills(&there), &whole] {
            let found = fold(cells, &merge, &all, FIVE);
            let others: Vec<_> = ids(&found).into_iter().filter(|(id, _)| *id != Some(merged.id)).collect();
            prop_assert_eq!(others, there.map(|(at, _)| (of(at), at)), "{:?}", found);
            let one = found.moments.iter().find(|found| found.id == Some(merged.id)).unwrap();
            let is_whole = one.start <= start && end <= one.end && one.height == own.0.max(own.1) * ONE_VISITOR;
            prop_assert!(if cells == &whole { is_whole } else { (one.peak, one.excess) == (anchor, 0) }, "{:?}", one);
        }
    }

    /// Nor one whose slope reaches into its range, if that has an id of its own.
    #[test]
    fn a_merged_moment_whose_crowds_are_gone_leaves_a_crowd_at_its_border_its_id(
        distance in 1_u32..14, visitors in 8_u64..40, is_first in any::<bool>(), anchor in 133_u32..=217,
    ) {
        let (start, end) = (133, 217);
        let merge = [RangeEdit::Merge { start, end }];
        let at = if is_first { start - distance } else { end + distance };
        let found = fold(&hills(&[(at, visitors)]), &merge, &[pinned(1, anchor), stored(2, at)], FIVE);
        let mut expected = [(Some(id(1)), anchor), (Some(id(2)), at)];
        expected.sort_unstable_by_key(|(_, peak)| *peak);
        prop_assert_eq!(ids(&found), expected);
        for found in found.moments.iter().filter(|found| found.id == Some(id(1))) {
            prop_assert_eq!((found.excess, found.is_shown), (0, true));
        }
        for found in found.moments.iter().filter(|found| found.id == Some(id(2))) {
            prop_assert!(found.end < start || end < found.start, "{:?}", found);
        }
    }

    #[test]
    fn every_id_has_one_fate_and_ranges_do_not_overlap((edits, stored) in acts(), cells in crowd()) {
        let fold = fold(&cells, &edits, &stored, FIVE);
        for moment in &stored {
            let found = fold.moments.iter().filter(|found| found.id == Some(moment.id)).count();
            let absorbed = fold.absorbed.iter().filter(|absorbed| absorbed.id == moment.id).count();
            let vanished = fold.vanished.iter().filter(|id| **id == moment.id).count();
            prop_assert_eq!(found + absorbed + vanished, 1);
        }
        for absorbed in &fold.absorbed {
            prop_assert!(fold.moments.iter().any(|found| found.id == Some(absorbed.into)));
        }
        for pair in fold.moments.windows(2) {
            prop_assert!(pair[0].end < pair[1].start, "{:?}", pair);
        }
    }

    #[test]
    fn the_order_of_stored_moments_does_not_matter((edits, stored) in acts(), cells in crowd()) {
        let backward: Vec<_> = stored.iter().rev().copied().collect();
        let mut one = fold(&cells, &edits, &stored, FIVE);
        let mut other = fold(&cells, &edits, &backward, FIVE);
        for fold in [&mut one, &mut other] {
            fold.vanished.sort_unstable();
            fold.absorbed.sort_by_key(|absorbed| absorbed.id);
        }
        prop_assert_eq!(one, other);
    }

    #[test]
    fn what_was_found_is_found_again(cells in crowd()) {
        let first = fold(&cells, &[], &[], FIVE);
        let stored: Vec<_> = first.moments.iter().map(|found| stored(u128::from(found.anchor), found.anchor)).collect();
        let again = fold(&cells, &[], &stored, FIVE);
        let anchors = |fold: &Fold| fold.moments.iter().map(|found| (found.anchor, found.start, found.end)).collect::<Vec<_>>();
        prop_assert_eq!(anchors(&first), anchors(&again));
        prop_assert!(again.absorbed.is_empty() && again.vanished.is_empty());
        prop_assert!(again.moments.iter().all(|found| found.id.is_some()));
    }
}
