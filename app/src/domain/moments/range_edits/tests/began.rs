//! What somebody else did since an editor was opened is not overwritten unseen.

use super::*;

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
