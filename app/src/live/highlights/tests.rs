//! What a page shows of the crowd, however late and often it hears of it.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::moments::moment::tests::blank;

fn moment(id: u128, excess: u32) -> Moment {
    Moment {
        id: MomentId(Uuid::from_u128(id)),
        excess,
        ..blank()
    }
}

#[test]
fn the_best_moment_comes_first_and_one_that_faded_is_gone_until_it_is_told_again() {
    let told = Highlights {
        moments: vec![moment(1, 50), moment(2, 90)],
        ..Highlights::default()
    };
    let mut live = LiveHighlights::new(told, Revision(3));
    let ranks = |live: &LiveHighlights| {
        let ranked = live.ranked();
        ranked
            .iter()
            .map(|moment| moment.excess)
            .collect::<Vec<_>>()
    };
    assert_eq!(ranks(&live), [90, 50]);
    let faded = Highlights {
        faded: vec![MomentId(Uuid::from_u128(2))],
        ..Highlights::default()
    };
    live.merge(faded.clone(), Revision(4));
    assert_eq!(ranks(&live), [50]);
    let again = Highlights {
        moments: vec![moment(2, 70)],
        ..Highlights::default()
    };
    live.merge(again, Revision(5));
    assert_eq!(ranks(&live), [70, 50]);
    live.merge(faded, Revision(4));
    assert_eq!(ranks(&live), [70, 50], "what comes late changes nothing");
}

#[test]
fn moments_that_are_not_known_yet_stay_as_they_were_until_a_snapshot_has_them() {
    let told = |id, excess| Highlights {
        moments: vec![moment(id, excess)],
        ..Highlights::default()
    };
    let mut live = LiveHighlights::new(told(1, 50), Revision(3));
    assert!(!live.is_pending());
    live.restart(Highlights::pending(), Revision(5));
    live.merge(Highlights::pending(), Revision(7));
    assert_eq!((live.ranked().len(), live.is_pending()), (1, true));
    live.merge(told(2, 90), Revision(8));
    live.restart(told(3, 70), Revision(6));
    let ranked: Vec<_> = live.ranked().iter().map(|moment| moment.excess).collect();
    assert_eq!(
        ranked,
        [90, 70],
        "one that was faded at the snapshot is gone, and one that is newer stays"
    );
    assert!(
        live.is_pending(),
        "what came without them was later than this snapshot"
    );
    live.restart(told(3, 80), Revision(8));
    assert_eq!((live.ranked().len(), live.is_pending()), (1, false));
}

#[test]
fn a_moment_is_split_at_its_deepest_valley_or_in_the_middle() {
    let curve = |values: &[u32]| Highlights {
        curves: vec![CurvePart {
            segment_index: 1,
            bucket_seconds: 5,
            is_whole: true,
            values: (0..).zip(values.iter().copied()).collect(),
        }],
        ..Highlights::default()
    };
    let split = |values: &[u32]| {
        let live = LiveHighlights::new(curve(values), Revision(1));
        live.split_at(&moment(1, 50)).seconds()
    };
    // From 10 to 30 s: five buckets from the third one on.
    assert_eq!(split(&[0, 0, 50, 40, 90, 20, 60]), 27);
    assert_eq!(split(&[0, 0, 50, 20, 90, 80, 85]), 17);
    assert_eq!(split(&[0, 0, 10, 50, 90, 50, 10]), 21);
    assert_eq!(split(&[]), 21);
    let long = Moment {
        end: Offset(u32::MAX - 1),
        ..moment(1, 50)
    };
    let live = LiveHighlights::new(curve(&[0, 0, 50, 20, 90]), Revision(1));
    assert_eq!(
        live.split_at(&long),
        Offset(17),
        "in no more time than the curve takes"
    );
}

#[test]
fn a_curve_whose_buckets_grew_begins_anew() {
    let part = |bucket_seconds, values: &[(u32, u32)]| Highlights {
        curves: vec![CurvePart {
            segment_index: 2,
            bucket_seconds,
            is_whole: false,
            values: values.to_vec(),
        }],
        ..Highlights::default()
    };
    let mut live = LiveHighlights::new(part(5, &[(0, 10), (3, 7)]), Revision(1));
    live.merge(part(5, &[(1, 4)]), Revision(2));
    assert_eq!(live.curves()[0].values, [10, 4, 0, 7]);
    live.merge(part(10, &[(1, 8)]), Revision(3));
    assert_eq!(live.curves()[0].values, [0, 8]);
    live.merge(part(5, &[(0, 1)]), Revision(2));
    assert_eq!(live.curves()[0].bucket_seconds, 10);
}

proptest! {
    #[test]
    fn moments_that_come_late_and_twice_give_the_same_page(
        told in prop::collection::vec((0u128..6, 0u32..100, any::<bool>()), 1..40),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
    ) {
        let frames: Vec<_> = told.iter().zip(1..).map(|((id, excess, fades), revision)| {
            let highlights = match fades {
                true => Highlights { faded: vec![MomentId(Uuid::from_u128(*id))], ..Highlights::default() },
                false => {
                    let moved = Moment { peak: Offset(excess % 5), ..moment(*id, *excess) };
                    Highlights { moments: vec![moved], ..Highlights::default() }
                }
            };
            (highlights, Revision(revision))
        }).collect();
        let (mut in_order, mut anyhow) = (LiveHighlights::default(), LiveHighlights::default());
        for (highlights, revision) in &frames {
            in_order.merge(highlights.clone(), *revision);
        }
        let early = order.iter().map(|index| index.get(&frames));
        for (highlights, revision) in early.chain(&frames) {
            anyhow.merge(highlights.clone(), *revision);
        }
        prop_assert_eq!(in_order.ranked(), anyhow.ranked());
        prop_assert!(in_order.moments().is_sorted_by_key(place));
        for count in 0..8 {
            let ranked: Vec<_> = in_order.ranked().into_iter().take(count).collect();
            prop_assert_eq!(in_order.best(count), ranked);
            let known: Vec<_> = in_order.in_order().iter().map(|moment| moment.id).collect();
            let (except, _) = known.split_at(known.len() / 2);
            let newest = in_order.in_order().into_iter().rev();
            let newest = newest.filter(|moment| !except.contains(&moment.id));
            prop_assert_eq!(in_order.newest(1, except, count), newest.take(count).collect::<Vec<_>>());
            prop_assert_eq!(in_order.newest(2, &[], count), Vec::<&Moment>::new());
        }
    }
}

#[test]
fn a_snapshot_fills_the_gaps_of_a_curve_of_which_frames_know_more() {
    let part = |is_whole, values: &[(u32, u32)]| Highlights {
        curves: vec![CurvePart {
            segment_index: 1,
            bucket_seconds: 5,
            is_whole,
            values: values.to_vec(),
        }],
        ..Highlights::default()
    };
    let mut live = LiveHighlights::new(part(true, &[(0, 4), (1, 5), (5, 2)]), Revision(2));
    live.merge(Highlights::pending(), Revision(5));
    live.merge(part(false, &[(1, 9), (3, 1)]), Revision(8));
    live.restart(part(true, &[(0, 7), (1, 8), (2, 6)]), Revision(7));
    assert_eq!(live.curves()[0].values, [7, 9, 6, 1, 0, 0]);
    assert!(!live.is_pending());
}
