//! Whatever people do to ranges, in any order, and whatever the crowd does then: what they did stands until they undo it.

use super::*;

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
