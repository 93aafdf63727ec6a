//! Moments that came to lie in one joined range: nobody is kept from editing, and no more of them come to lie there.

use super::*;

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
