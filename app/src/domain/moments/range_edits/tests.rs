//! What each edit of a range does to the moments of a segment, and what undoing it brings back.

use proptest::{prelude::*, sample::Index};

use super::*;
use crate::domain::moments::{
    identity::{Fold, fold},
    kernel::ONE_VISITOR,
    rank::Thresholds,
};

mod any_order;
mod began;
mod overlap;

const FIVE: Thresholds = Thresholds {
    from: 5 * ONE_VISITOR,
    keeps: 2 * ONE_VISITOR,
};

fn id(number: u128) -> MomentId {
    MomentId(Uuid::from_u128(number))
}

fn act(number: u128) -> Uuid {
    Uuid::from_u128(1_000 + number)
}

fn kept(number: u128, anchor: u32) -> KeptMoment {
    KeptMoment {
        id: id(number),
        anchor,
        is_shown: true,
        is_curated: false,
        is_described: false,
        absorbed_into: None,
        absorbed_by: None,
    }
}

fn segment(anchors: &[u32]) -> SegmentEdits {
    SegmentEdits {
        moments: (1..)
            .zip(anchors)
            .map(|(number, anchor)| kept(number, *anchor))
            .collect(),
        edits: Vec::new(),
    }
}

fn alive(segment: &SegmentEdits) -> Vec<(MomentId, u32)> {
    let stored = segment.stored().into_iter();
    stored.map(|moment| (moment.id, moment.anchor)).collect()
}

fn merge(others: &[u128], range: Span) -> RangeRequest {
    RangeRequest::Merge {
        others: others.iter().map(|number| id(*number)).collect(),
        range,
    }
}

fn split(at: u32, range: Span, new: u128) -> RangeRequest {
    RangeRequest::Split {
        at,
        range,
        peaks: (range.0, range.1),
        new: id(new),
    }
}

#[test]
fn a_merge_makes_all_between_one_and_undoing_it_brings_each_back() {
    let before = segment(&[100, 150, 200, 300]);
    let mut segment = before.clone();
    segment
        .apply(act(1), id(1), merge(&[3], (95, 205)))
        .unwrap();
    assert_eq!(alive(&segment), [(id(1), 100), (id(4), 300)]);
    assert_eq!(segment.moments[1].absorbed_into, Some(id(1)));
    assert_eq!(
        segment.apply(act(2), id(1), merge(&[3], (95, 205))),
        Err(RangeRefused::NoMoment)
    );
    segment.undo(act(1)).unwrap();
    assert_eq!(segment, before);
}

proptest! {
    #[test]
    fn a_merge_leaves_none_of_its_moments_behind_wherever_their_anchors_lie(
        anchors in prop::collection::btree_set(0_u32..400, 2..8),
        chosen in prop::collection::vec(any::<Index>(), 1..4),
        curated in prop::collection::vec(any::<bool>(), 8),
        start in 0_u32..400,
        length in 0_u32..100,
    ) {
        let anchors: Vec<u32> = anchors.into_iter().collect();
        let mut before = segment(&anchors);
        for (moment, curated) in before.moments.iter_mut().zip(curated) {
            moment.is_curated = curated;
        }
        let number = |index: &Index| index.index(anchors.len()) as u128 + 1;
        let others: Vec<u128> = chosen.iter().map(number).filter(|number| *number != 1).collect();
        let mut merged = before.clone();
        let request = merge(&others, (start, start + length));
        prop_assert_eq!(merged.apply(act(1), id(1), request), Ok(()));
        for other in others {
            let moment = merged.moments.iter().find(|moment| moment.id == id(other)).unwrap();
            prop_assert_eq!(moment.absorbed_into, Some(id(1)));
        }
        merged.undo(act(1)).unwrap();
        prop_assert_eq!(merged, before);
    }
}

#[test]
fn a_split_keeps_the_id_where_the_anchor_is_and_names_the_other_part() {
    let mut later = segment(&[100]);
    later
        .apply(act(1), id(1), split(110, (90, 130), 7))
        .unwrap();
    assert_eq!(alive(&later), [(id(1), 100), (id(7), 130)]);
    let mut earlier = segment(&[120]);
    earlier
        .apply(act(1), id(1), split(110, (90, 130), 7))
        .unwrap();
    assert_eq!(alive(&earlier), [(id(1), 120), (id(7), 90)]);
    for at in [90, 131] {
        let outside = segment(&[100]).apply(act(1), id(1), split(at, (90, 130), 7));
        assert_eq!(outside, Err(RangeRefused::Range));
    }
    earlier.undo(act(1)).unwrap();
    assert_eq!(alive(&earlier), [(id(1), 120)]);
    assert_eq!(earlier.moments[1].absorbed_into, Some(id(1)));
}

#[test]
fn two_who_split_a_moment_at_the_same_time_do_not_make_three_of_it() {
    let range = (90, 130);
    for (first, second) in [(110, 110), (110, 120), (120, 110), (91, 130)] {
        let mut segment = segment(&[100]);
        segment
            .apply(act(1), id(1), split(first, range, 7))
            .unwrap();
        let after = segment.clone();
        let stale = segment.apply(act(2), id(1), split(second, range, 8));
        assert_eq!(stale, Err(RangeRefused::ChangedSince), "{first} {second}");
        assert_eq!(segment, after);
    }
    let mut moved = segment(&[100]);
    let to = RangeRequest::SetRange((90, 105));
    moved.apply(act(1), id(1), to).unwrap();
    let stale = moved.apply(act(2), id(1), split(120, range, 8));
    assert_eq!(stale, Err(RangeRefused::ChangedSince));
    let mut named = segment(&[100, 125]);
    named.moments[1].is_curated = true;
    let stale = named.apply(act(1), id(1), split(110, range, 8));
    assert_eq!(stale, Err(RangeRefused::ChangedSince));
    named.moments[1].is_curated = false;
    named.apply(act(1), id(1), split(110, range, 8)).unwrap();
}

#[test]
fn a_split_whose_new_part_has_a_name_can_not_be_undone() {
    let mut segment = segment(&[100]);
    segment
        .apply(act(1), id(1), split(110, (90, 130), 7))
        .unwrap();
    segment.moments[1].is_described = true;
    assert_eq!(segment.undo(act(1)), Err(RangeRefused::ChangedSince));
    segment.moments[1].is_described = false;
    segment.undo(act(1)).unwrap();
}

#[test]
fn a_split_whose_new_part_was_merged_into_another_moment_can_not_be_undone() {
    let mut segment = segment(&[100, 200]);
    let before = segment.clone();
    segment
        .apply(act(1), id(1), split(110, (90, 130), 7))
        .unwrap();
    // The new part is silent at first, so that the two edits share no second.
    segment
        .apply(act(2), id(2), merge(&[7], (115, 205)))
        .unwrap();
    let merged = segment.clone();
    assert_eq!(segment.undo(act(1)), Err(RangeRefused::ChangedSince));
    assert_eq!(segment, merged);
    segment.undo(act(2)).unwrap();
    segment.undo(act(1)).unwrap();
    assert_eq!(alive(&segment), alive(&before));
}

#[test]
fn what_was_done_later_to_the_same_seconds_is_undone_first() {
    let mut segment = segment(&[100, 200, 400]);
    segment
        .apply(act(1), id(1), merge(&[2], (95, 205)))
        .unwrap();
    segment
        .apply(act(2), id(3), RangeRequest::SetRange((390, 410)))
        .unwrap();
    segment
        .apply(act(3), id(1), split(150, (95, 205), 7))
        .unwrap();
    assert_eq!(segment.undo(act(1)), Err(RangeRefused::ChangedSince));
    segment.undo(act(3)).unwrap();
    segment.undo(act(1)).unwrap();
    assert_eq!(alive(&segment), [(id(1), 100), (id(2), 200), (id(3), 400)]);
}

#[test]
fn a_moment_that_is_moved_takes_its_anchor_along_and_back() {
    let mut segment = segment(&[100, 130]);
    segment
        .apply(act(1), id(1), RangeRequest::SetRange((120, 140)))
        .unwrap();
    assert_eq!(alive(&segment), [(id(1), 120)]);
    // Where it was, the crowd makes another one, which nobody named: it gives way.
    segment.moments.push(kept(9, 100));
    segment.undo(act(1)).unwrap();
    assert_eq!(alive(&segment), [(id(1), 100), (id(2), 130)]);
    assert_eq!(segment.moments[2].absorbed_into, Some(id(1)));
}

#[test]
fn a_range_that_is_made_a_moment_holds_what_was_there_until_that_is_undone() {
    let before = segment(&[100, 130, 300]);
    let mut segment = before.clone();
    segment.make(act(1), id(7), (90, 140), 100).unwrap();
    assert_eq!(alive(&segment), [(id(3), 300), (id(7), 100)]);
    assert_eq!(segment.moments[1].absorbed_into, Some(id(7)));
    let again = segment.make(act(2), id(7), (200, 210), 205);
    assert_eq!(again, Err(RangeRefused::NoMoment));

    assert_eq!(
        segment.undo(act(1)),
        Err(RangeRefused::ChangedSince),
        "it has a name"
    );
    unname(&mut segment, id(7));
    segment.undo(act(1)).unwrap();
    assert_eq!(alive(&segment), alive(&before));
    assert_eq!(segment.moments[3].absorbed_into, Some(id(1)));

    // Where nothing was, the crowd decides what becomes of it.
    segment.make(act(3), id(8), (200, 210), 205).unwrap();
    unname(&mut segment, id(8));
    segment.undo(act(3)).unwrap();
    let left = segment
        .stored()
        .into_iter()
        .find(|moment| moment.id == id(8));
    assert!(left.is_some_and(|left| !left.is_pinned));
}

/// The anchor that the first undoing gave back lies beside that of the moment that is undone next.
#[test]
fn a_moment_whose_making_is_undone_takes_nobodys_place() {
    let mut segment = segment(&[60, 100, 150, 200]);
    let set = RangeRequest::SetRange((206, 206));
    segment.apply(act(1), id(3), set).unwrap();
    let merge = RangeRequest::Merge {
        others: vec![id(1)],
        range: (56, 204),
    };
    segment.apply(act(2), id(4), merge).unwrap();
    segment.make(act(3), id(8), (151, 151), 151).unwrap();
    segment.undo(act(1)).unwrap();
    let before = alive(&segment);
    segment.make(act(4), id(9), (33, 56), 56).unwrap();
    unname(&mut segment, id(9));
    segment.undo(act(4)).unwrap();
    assert_eq!(alive(&segment), before);
}

/// Takes the name of a moment away, as undoing its making does first.
fn unname(segment: &mut SegmentEdits, id: MomentId) {
    let named = segment.moments.iter_mut().filter(|moment| moment.id == id);
    named.for_each(|moment| (moment.is_curated, moment.is_described) = (false, false));
}

fn found(world: &SegmentEdits, cells: &[u64]) -> Fold {
    fold(cells, &world.range_edits(), &world.stored(), FIVE)
}

/// The ranges that moments have exactly because people set them, and whether people said that they start there.
fn exact_ranges(world: &SegmentEdits) -> Vec<(MomentId, Span, bool)> {
    let boundaries = Boundaries::new(&world.range_edits());
    let exact = alive(world).into_iter().filter_map(|(id, anchor)| {
        let range = boundaries.exact_around(anchor)?;
        Some((id, range, boundaries.is_start_set(range)))
    });
    exact.collect()
}

#[test]
fn a_part_of_a_split_range_stays_when_the_other_part_is_moved_and_moved_back() {
    let set = |range| RangeRequest::SetRange(range);
    // The anchor lies in the earlier part, then in the later one.
    for (anchor, own, other) in [(620, (600, 659), (660, 720)), (700, (660, 720), (600, 659))] {
        let mut world = segment(&[anchor]);
        world.apply(act(1), id(1), set((600, 720))).unwrap();
        let request = split(660, (600, 720), 7);
        world.apply(act(2), id(1), request).unwrap();
        let parts = exact_ranges(&world);
        let is_first = |range: Span| range.0 == 600;
        let other = (id(7), other, is_first(other));
        assert_eq!(parts, [(id(1), own, is_first(own)), other]);
        let moved = (own.0 + 5, own.1);
        world.apply(act(3), id(1), set(moved)).unwrap();
        assert_eq!(exact_ranges(&world), [(id(1), moved, true), other]);
        let shown = found(&world, &[0; 800]).moments;
        assert!(
            shown
                .iter()
                .any(|found| (found.start, found.end) == other.1)
        );
        // Far away, and the other part is given another range, too.
        world.apply(act(4), id(1), set((100, 130))).unwrap();
        let (first, last) = other.1;
        let shorter = (first + 1, last - 1);
        world.apply(act(5), id(7), set(shorter)).unwrap();
        let both = [(id(1), (100, 130), true), (id(7), shorter, true)];
        assert_eq!(exact_ranges(&world), both);
        let joins: Vec<_> = Boundaries::new(&world.range_edits()).joins().collect();
        assert_eq!(joins, [(100, 130), shorter]);
        for undone in [5, 4, 3] {
            world.undo(act(undone)).unwrap();
        }
        assert_eq!(exact_ranges(&world), parts);
    }
}
