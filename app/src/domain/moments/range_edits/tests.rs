//! Whatever people do to ranges, and whatever the crowd does then: what they did stands until they undo it.
//!
//! Long because all of them share the same segments and the same generated steps.

use proptest::{prelude::*, sample::Index};

use super::*;
use crate::domain::moments::{
    identity::{Fold, fold},
    kernel::ONE_VISITOR,
    rank::Thresholds,
};

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

/// Rows from before a merged moment held every crowd in its range: the crowd made another moment there, which people starred.
#[test]
fn a_merge_of_two_that_lay_in_one_joined_range_can_be_undone() {
    let mut segment = segment(&[300, 600]);
    let range = (293, 610);
    segment.moments[1].is_curated = true;
    segment.apply(act(1), id(2), merge(&[1], range)).unwrap();
    segment.moments.push(KeptMoment {
        is_curated: true,
        ..kept(3, 301)
    });
    let before = segment.clone();
    segment.apply(act(2), id(3), merge(&[2], range)).unwrap();
    segment.undo(act(2)).unwrap();
    assert_eq!(segment, before);
    segment.undo(act(1)).unwrap();
    assert_eq!(alive(&segment), [(id(1), 300), (id(2), 600), (id(3), 301)]);
}

/// Rows as above: two that people did something to lie in one joined range, where moments 1 and 2 were merged.
fn with_two_in_one_range() -> SegmentEdits {
    let mut segment = segment(&[300, 600, 900, 1_200]);
    let range = (293, 610);
    segment.apply(act(1), id(2), merge(&[1], range)).unwrap();
    segment.moments.push(KeptMoment {
        is_curated: true,
        ..kept(5, 301)
    });
    segment
}

#[test]
fn two_that_lie_in_one_range_keep_nobody_from_editing_what_is_elsewhere() {
    let before = with_two_in_one_range();
    let requests = [
        (3, RangeRequest::SetRange((880, 930))),
        (3, split(905, (890, 910), 7)),
        (3, merge(&[4], (890, 1_210))),
        // Both of them stay on one side.
        (2, split(200, (150, 610), 7)),
        (2, split(605, (293, 610), 7)),
    ];
    for (which, request) in requests {
        let mut segment = before.clone();
        segment.apply(act(2), id(which), request).unwrap();
        let pair = [(id(2), 600), (id(5), 301)];
        assert!(pair.iter().all(|one| alive(&segment).contains(one)));
        segment.undo(act(2)).unwrap();
        assert_eq!(alive(&segment), alive(&before));
    }
    let mut made = before.clone();
    made.make(act(2), id(8), (1_000, 1_010), 1_005).unwrap();
    unname(&mut made, id(8));
    made.undo(act(2)).unwrap();
    // One of the two moves out of the range, or has all of it.
    for (which, range) in [(2, (590, 620)), (5, (250, 310)), (5, (250, 650))] {
        let mut segment = before.clone();
        let set = RangeRequest::SetRange(range);
        segment.apply(act(2), id(which), set).unwrap();
        let boundaries = Boundaries::new(&segment.range_edits());
        let left: Vec<_> = alive(&segment).iter().map(|(_, anchor)| *anchor).collect();
        let together = left.iter().filter(|anchor| {
            let join = boundaries.join_around(**anchor);
            join.is_some() && join == boundaries.join_around(600)
        });
        assert!(together.count() <= 1, "{which} {range:?}");
    }
}

#[test]
fn no_third_one_comes_to_lie_with_two_in_one_range() {
    let before = with_two_in_one_range();
    let mut apart = before.clone();
    let between = apart.apply(act(2), id(2), split(400, (293, 610), 7));
    assert_eq!(between, Err(RangeRefused::ChangedSince));
    let third = KeptMoment {
        is_curated: true,
        absorbed_into: Some(id(2)),
        ..kept(6, 450)
    };
    apart.moments.push(third);
    let revived = apart.revive(act(2), id(6));
    assert_eq!(revived, Err(RangeRefused::ChangedSince));
    apart.moments.pop();
    assert_eq!(apart, before);
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
fn a_range_that_somebody_changed_since_its_editing_began_is_not_replaced_unseen() {
    let before = segment(&[100, 200]);
    let (began, mine) = ((90, 130), (85, 130));
    assert_eq!(before.may_replace(id(1), began, mine), Ok(()));
    for (which, request, now) in [
        (1, RangeRequest::SetRange((95, 120)), (95, 120)),
        (1, split(110, (90, 130), 7), (90, 109)),
        (1, merge(&[2], (90, 210)), (90, 210)),
        // What is another moment's by now.
        (2, RangeRequest::SetRange((125, 210)), (90, 124)),
    ] {
        let mut segment = before.clone();
        segment.apply(act(1), id(which), request).unwrap();
        let refused = segment.may_replace(id(1), began, mine);
        assert_eq!(refused, Err(RangeRefused::Edited(now)));
        // Whoever was shown it may replace it, and setting it again replaces nothing.
        assert_eq!(segment.may_replace(id(1), now, mine), Ok(()));
        assert_eq!(segment.may_replace(id(1), began, now), Ok(()));
    }
    let mut elsewhere = before;
    let set = RangeRequest::SetRange((131, 210));
    elsewhere.apply(act(1), id(2), set).unwrap();
    assert_eq!(elsewhere.may_replace(id(1), began, mine), Ok(()));
    // What is sent may be anything.
    assert_eq!(
        elsewhere.may_replace(id(1), (130, 90), mine),
        Err(RangeRefused::Edited(began))
    );
    assert_eq!(
        elsewhere.may_replace(id(1), (0, u32::MAX), mine),
        Err(RangeRefused::Edited((0, 130)))
    );
    let behind_all = elsewhere.may_replace(id(1), (u32::MAX, u32::MAX), mine);
    assert_eq!(behind_all, Ok(()));
}

#[test]
fn a_merged_moment_whose_crowd_is_gone_is_moved_from_its_anchor() {
    let mut segment = segment(&[100, 150]);
    segment
        .apply(act(1), id(1), merge(&[2], (90, 160)))
        .unwrap();
    let fold = found(&segment, &[0; 400]);
    let shown = fold.moments.iter().find(|found| found.id == Some(id(1)));
    let began = shown.map(|found| (found.start, found.end)).unwrap();
    assert_eq!(began, (100, 100));
    let mine = (95, 110);
    assert_eq!(segment.may_replace(id(1), began, mine), Ok(()));
    let theirs = RangeRequest::SetRange((80, 120));
    segment.apply(act(2), id(1), theirs).unwrap();
    assert_eq!(
        segment.may_replace(id(1), began, mine),
        Err(RangeRefused::Edited((80, 120)))
    );
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

/// What a person does.
#[derive(Clone, Debug)]
enum Step {
    /// Names a moment.
    Pin(Index),
    Merge(Index, Index),
    Split(Index, u32, u32, u32),
    SetRange(Index, u32, u32),
    Make(u32, u32, u32),
    Undo(Index),
    /// The crowd makes a moment where nobody's is.
    New(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let any = any::<Index>;
    let step = prop_oneof![
        2 => any().prop_map(Step::Pin),
        2 => (any(), any()).prop_map(|(one, other)| Step::Merge(one, other)),
        2 => (any(), 0_u32..20, 1_u32..20, 1_u32..20)
            .prop_map(|(which, before, at, after)| Step::Split(which, before, at, after)),
        2 => (any(), 0_u32..360, 0_u32..40).prop_map(|(which, at, length)| Step::SetRange(which, at, length)),
        2 => (0_u32..360, 0_u32..40, 0_u32..40).prop_map(|(at, length, peak)| Step::Make(at, length, peak)),
        3 => any().prop_map(Step::Undo),
        1 => (1_u32..380).prop_map(Step::New),
    ];
    prop::collection::vec(step, 1..16)
}

/// Takes steps one after the other; `check` is asked after each edit that was made.
fn take(steps: &[Step], mut check: impl FnMut(&SegmentEdits, &SegmentEdits, Uuid)) -> SegmentEdits {
    let mut world = segment(&[60, 100, 150, 200, 320]);
    for (number, step) in (10..).zip(steps) {
        let before = world.clone();
        let alive = alive(&world);
        let of = |index: &Index| alive[index.index(alive.len())];
        let act = act(number);
        let made = match step {
            Step::Pin(index) => {
                let (id, _) = of(index);
                let found = world.moments.iter_mut().find(|moment| moment.id == id);
                let found = found.unwrap();
                (found.is_curated, found.is_described) = (true, true);
                continue;
            }
            Step::New(anchor) => {
                // The grouping makes none in what a person made one.
                let boundaries = Boundaries::new(&world.range_edits());
                if boundaries.join_around(*anchor).is_none()
                    && alive.iter().all(|(_, taken)| taken != anchor)
                {
                    world.moments.push(kept(number, *anchor));
                }
                continue;
            }
            Step::Undo(index) => {
                if !world.edits.is_empty() {
                    let act = world.edits[index.index(world.edits.len())].act;
                    let _ = world.undo(act);
                }
                continue;
            }
            Step::Merge(one, other) => {
                let ((one, from), (other, to)) = (of(one), of(other));
                let (from, to) = ordered(from, to);
                let request = RangeRequest::Merge {
                    others: vec![other],
                    range: (from.saturating_sub(4), to + 4),
                };
                world.apply(act, one, request)
            }
            Step::Split(which, before, at, after) => {
                let (which, anchor) = of(which);
                let start = anchor.saturating_sub(*before);
                let request = split(start + at, (start, start + at + after), number);
                world.apply(act, which, request)
            }
            Step::Make(at, length, peak) => {
                let range = (*at, at + length);
                let peak = at + peak.min(length);
                world.make(act, id(number), range, peak)
            }
            Step::SetRange(which, at, length) => {
                let request = RangeRequest::SetRange((*at, at + length));
                world.apply(act, of(which).0, request)
            }
        };
        match made {
            Ok(()) => check(&before, &world, act),
            Err(_) => assert_eq!(world, before, "what is refused changes nothing"),
        }
    }
    world
}

fn crowd() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec((12_u32..380, 1_u64..40), 0..14).prop_map(|peaks| {
        let mut cells = vec![0_u64; 400];
        for (peak, visitors) in peaks {
            for second in peak - 10..=peak + 10 {
                let height = visitors * ONE_VISITOR * u64::from(11 - second.abs_diff(peak)) / 11;
                let cell = &mut cells[second as usize];
                *cell = height.max(*cell);
            }
        }
        cells
    })
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

/// Checks that all have their exact ranges still whom one edit, or its undoing, does not touch.
fn others_stay(before: &SegmentEdits, after: &SegmentEdits) {
    let worlds = [before, after];
    let is_in_both = |kept: &KeptEdit| worlds.iter().all(|world| world.edits.contains(kept));
    let edits = before.edits.iter().chain(&after.edits);
    let edits: Vec<&KeptEdit> = edits.filter(|kept| !is_in_both(kept)).collect();
    let own = edits.iter().flat_map(|kept| [Some(kept.moment), kept.made]);
    let own: Vec<MomentId> = own.flatten().collect();
    let mut touched: Vec<Span> = Vec::new();
    for kept in edits {
        touched.push(match kept.edit {
            RangeEdit::Split { at } => (at - 1, at),
            RangeEdit::Merge { start, end } | RangeEdit::SetRange { start, end } => {
                ordered(start, end)
            }
        });
    }
    for world in worlds {
        let boundaries = Boundaries::new(&world.range_edits());
        let theirs = alive(world).into_iter().filter(|(id, _)| own.contains(id));
        touched.extend(theirs.filter_map(|(_, anchor)| boundaries.join_around(anchor)));
    }
    let (now, left) = (exact_ranges(after), alive(after));
    for exact in exact_ranges(before) {
        let (id, range, _) = exact;
        let is_touched = touched
            .iter()
            .any(|span| span.0 <= range.1 && range.0 <= span.1);
        let is_left = left.iter().any(|(alive, _)| *alive == id);
        if is_left && !is_touched && !own.contains(&id) {
            assert!(
                now.contains(&exact),
                "{exact:?} of {now:?}: {before:?}, {after:?}"
            );
        }
    }
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

proptest! {
    #[test]
    fn what_is_undone_at_once_was_never_done(steps in steps()) {
        take(&steps, |before, after, act| {
            let mut undone = after.clone();
            let edit = after.edits.iter().find(|kept| kept.act == act).unwrap();
            let made = edit.made.filter(|made| *made == edit.moment);
            if let Some(made) = made {
                unname(&mut undone, made);
            }
            undone.undo(act).unwrap();
            let mut left = alive(&undone);
            left.retain(|(id, _)| Some(*id) != made);
            assert_eq!(left, alive(before));
            assert_eq!(undone.edits, before.edits);
        });
    }

    #[test]
    fn a_place_is_one_moments_and_only_the_last_range_that_it_was_given_counts(steps in steps()) {
        let sets = |kept: &KeptEdit| matches!(kept.edit, RangeEdit::SetRange { .. });
        take(&steps, |_, world, _| {
            let counting = (1..).zip(&world.edits).filter(|(next, kept)| {
                let mut later = world.edits[*next..].iter().filter(|later| sets(later));
                !sets(kept) || later.all(|later| later.moment != kept.moment)
            });
            let counting: Vec<RangeEdit> = counting.map(|(_, kept)| kept.edit).collect();
            // A split leaves a part of a range to another moment.
            let is_split = |kept: &KeptEdit| matches!(kept.edit, RangeEdit::Split { .. });
            if !world.edits.iter().any(is_split) {
                assert_eq!(world.range_edits(), counting);
            }
            let boundaries = Boundaries::new(&world.range_edits());
            let alive = alive(world);
            for (at, (_, one)) in alive.iter().enumerate() {
                for (_, other) in &alive[at + 1..] {
                    let (first, last) = ordered(*one, *other);
                    assert!(first < last && !boundaries.joins_over(first, last));
                }
            }
        });
    }

    /// Whatever is made, merged, split, moved and undone, in any order.
    #[test]
    fn an_edit_of_one_moment_leaves_the_exact_range_of_every_other_one_that_it_does_not_touch(
        steps in steps(),
        exact in any::<Index>(),
        at in any::<Index>(),
        moves in prop::collection::vec((any::<bool>(), any::<bool>(), 0_u32..12, 0_u32..12), 1..4),
    ) {
        let mut before = take(&[], |_, _, _| {});
        for length in 1..=steps.len() {
            let after = take(&steps[..length], |_, _, _| {});
            // What is undone is as it was before, as is tested below: also where that was covered by other ranges.
            if !matches!(steps[length - 1], Step::Undo(_)) {
                others_stay(&before, &after);
            }
            before = after;
        }
        // At the end, such a range is split, both parts are moved, and all of that is undone.
        let ranges = exact_ranges(&before);
        let ranges: Vec<_> = ranges.into_iter().filter(|(_, range, _)| range.0 < range.1).collect();
        if ranges.is_empty() {
            return Ok(());
        }
        let (id_of_whole, (start, end), _) = ranges[exact.index(ranges.len())];
        let at = start + 1 + u32::try_from(at.index((end - start) as usize)).unwrap();
        let parted = split(at, (start, end), 999);
        let mut edits = vec![(id_of_whole, parted)];
        for (of_new, is_far, from, length) in moves {
            let from = if is_far { 400 } else { start } + from;
            let which = if of_new { id(999) } else { id_of_whole };
            edits.push((which, RangeRequest::SetRange((from, from + length))));
        }
        let mut done = Vec::new();
        for (number, (which, request)) in (0..).zip(edits) {
            let mut after = before.clone();
            if after.apply(act(900 + number), which, request).is_ok() {
                done.push((act(900 + number), exact_ranges(&before)));
            }
            others_stay(&before, &after);
            before = after;
        }
        for (act, exact) in done.into_iter().rev() {
            prop_assert_eq!(before.undo(act), Ok(()));
            prop_assert_eq!(exact_ranges(&before), exact);
        }
    }

    #[test]
    fn no_press_undoes_what_people_did_to_moments(steps in steps(), cells in crowd()) {
        let world = take(&steps, |_, _, _| {});
        let fold = found(&world, &cells);
        let stored = world.stored();
        for (at, one) in stored.iter().enumerate() {
            prop_assert!(stored[at + 1..].iter().all(|other| other.anchor != one.anchor));
        }
        for pinned in stored.iter().filter(|moment| moment.is_pinned) {
            let own: Vec<_> = fold.moments.iter().filter(|found| found.id == Some(pinned.id)).collect();
            prop_assert!(own.len() == 1 && own[0].is_shown, "{:?} is gone: {:?}", pinned, fold);
            prop_assert_eq!(own[0].anchor, pinned.anchor);
        }
        for pair in fold.moments.windows(2) {
            prop_assert!(pair[0].end < pair[1].start, "{:?}", pair);
        }
    }

    /// Also those around the anchor may be hidden, and then the curve may end before it.
    #[test]
    fn a_joined_range_is_one_moment_with_its_id_whichever_presses_are_left(steps in steps(), cells in crowd(), hidden in (0_usize..400, 0_usize..400)) {
        let world = take(&steps, |_, _, _| {});
        let mut cells = cells;
        cells[hidden.0.min(hidden.1)..hidden.0.max(hidden.1)].fill(0);
        let last = cells.iter().rposition(|cell| *cell > 0);
        cells.truncate(last.map_or(0, |last| last + 1));
        let fold = found(&world, &cells);
        let stored = world.stored();
        for (start, end) in Boundaries::new(&world.range_edits()).joins() {
            let mut held = stored.iter().filter(|moment| moment.is_pinned && (start..=end).contains(&moment.anchor));
            let Some(own) = held.next() else { continue };
            prop_assert!(held.next().is_none(), "two in {}..{}: {:?}", start, end, world);
            for found in fold.moments.iter().filter(|found| found.start <= end && start <= found.end) {
                prop_assert_eq!(found.id, Some(own.id), "{:?}", fold);
            }
        }
    }

    #[test]
    fn a_range_that_a_person_set_is_that_moments_range(steps in steps(), cells in crowd(), at in 0_u32..360, length in 0_u32..40) {
        let mut world = take(&steps, |_, _, _| {});
        let (which, _) = alive(&world)[0];
        if world.apply(act(1), which, RangeRequest::SetRange((at, at + length))).is_ok() {
            let fold = found(&world, &cells);
            let own = fold.moments.iter().find(|found| found.id == Some(which)).unwrap();
            prop_assert_eq!((own.start, own.end), (at, at + length));
        }
    }

    #[test]
    fn a_range_that_is_shown_may_be_replaced_whatever_the_crowd_made_of_it(steps in steps(), cells in crowd()) {
        let world = take(&steps, |_, _, _| {});
        let boundaries = Boundaries::new(&world.range_edits());
        // Behind the curve there is nothing to show.
        prop_assume!(boundaries.joins().all(|join| (join.1 as usize) < cells.len()));
        for found in found(&world, &cells).moments {
            if let Some(id) = found.id {
                let shown = (found.start, found.end);
                prop_assert_eq!(world.may_replace(id, shown, (0, 0)), Ok(()));
            }
        }
    }

    #[test]
    fn merged_moments_are_one_and_its_range_holds_both(steps in steps(), cells in crowd()) {
        let mut world = take(&steps, |_, _, _| {});
        let alive = alive(&world);
        if let [(first, _), .., (last, _)] = alive[..] {
            let anchors = [alive[0].1, alive[alive.len() - 1].1];
            let range = ordered(anchors[0], anchors[1]);
            let request = RangeRequest::Merge { others: vec![last], range };
            if world.apply(act(1), first, request).is_ok() {
                let fold = found(&world, &cells);
                let own = fold.moments.iter().find(|found| found.id == Some(first)).unwrap();
                let within = (0..).zip(&cells).filter(|(second, _)| (range.0..=range.1).contains(second));
                let has_crowd = within.map(|(_, cell)| *cell).any(|cell| cell > 0);
                // Behind the curve there is nobody to count.
                let covered = range.1.min(u32::try_from(cells.len() - 1).unwrap());
                prop_assert!(!has_crowd || (own.start <= range.0 && covered <= own.end), "{:?} {:?}", own, range);
                prop_assert!(fold.moments.iter().all(|found| found.id != Some(last)));
            }
        }
    }
}
