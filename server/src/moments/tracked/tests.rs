//! Which curve a segment's moments are found on, and split on.

use app::domain::offset::Offset;

use super::*;
use crate::random;

/// What a process reads of a session: these presses, and which segment is open.
fn changes(presses: &[(u128, u32)], open_segment: Option<u32>, revision: i64) -> CrowdChanges {
    let press = |&(visitor, offset): &(u128, u32)| CrowdPress {
        segment_index: 1,
        offset: Offset(offset),
        id: TimestampId(random::uuid()),
        revision: Revision(revision),
        visitor: Some(VisitorId(Uuid::from_u128(visitor))),
        weight: 256,
        is_hidden: false,
        note: None,
        label: None,
    };
    CrowdChanges {
        rows: CrowdRows {
            presses: presses.iter().map(press).collect(),
            joins: Vec::new(),
        },
        moments: Vec::new(),
        open_segment,
        learns_delays: true,
        edits: Vec::new(),
        blocked: Vec::new(),
        revision: Revision(revision),
        has_more: false,
    }
}

#[test]
fn a_segment_that_is_over_is_split_on_the_curve_that_allows_for_delays() {
    let presses: Vec<_> = [100, 200, 300]
        .into_iter()
        .flat_map(|second| (0..8).map(move |who| (who, second + u32::from(who % 2 == 0) * 8)))
        .collect();
    let mut tracked = Tracked::default();
    tracked.take_in(changes(&presses, Some(1), 1), CrowdRows::default());
    tracked.look();
    let live = tracked.cells(1).to_vec();
    assert!(!live.is_empty() && tracked.sharp.is_none());

    tracked.take_in(changes(&[], None, 2), CrowdRows::default());
    tracked.look();
    let sharp = tracked.sharp.as_ref().unwrap();
    let sharp = sharp.segments.session.segment(1).unwrap();
    assert_eq!(tracked.cells(1), sharp.curve().cells());
    assert_ne!(tracked.cells(1), live);

    tracked.take_in(changes(&[], Some(1), 3), CrowdRows::default());
    tracked.look();
    assert_eq!(tracked.cells(1), live);
    assert!(tracked.cells(2).is_empty());
}
