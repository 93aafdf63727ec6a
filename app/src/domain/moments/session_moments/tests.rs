//! A session's answers depend on the rows that count, and on nothing else.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::domain::moments::{boundaries::Boundaries, buckets::bucket_width};

pub(super) fn row(number: u32, visitor: u32, offset: u32) -> PressRow {
    PressRow {
        id: TimestampId(Uuid::from_u128(number.into())),
        segment_index: 1 + number % 2,
        offset,
        visitor: Uuid::from_u128(visitor.into()),
        weight: Weight::WHOLE,
        label: None,
        counts: true,
    }
}

/// Rows with different ids: crowds of some visitors, and now and then a lighter one or one that is hidden.
pub(super) fn rows() -> impl Strategy<Value = Vec<PressRow>> {
    let press = (0_u32..30, 0_u32..300, 0_u8..8, 0_u8..6);
    prop::collection::vec(press, 0..120).prop_map(|presses| {
        let rows = (0..)
            .zip(presses)
            .map(|(number, (visitor, offset, light, hidden))| PressRow {
                weight: if light == 0 {
                    Weight::new(90)
                } else {
                    Weight::WHOLE
                },
                counts: hidden != 0,
                label: (number % 4 > 0).then_some(LabelId(number % 4)),
                ..row(number, visitor, offset / 40 * 40 + offset % 7)
            });
        rows.collect()
    })
}

/// All that can be asked of two segments: moments, width and values of the buckets, cells; and how large the audience is.
pub(super) type Answers = ([(SegmentMoments, (u32, Vec<u32>), Vec<u64>); 2], u32);

/// All that can be asked, as it reads after these rows.
pub(super) fn answers(session: &mut SessionMoments) -> Answers {
    let of_segments = [1, 2].map(|segment| answers_of(session, segment));
    (of_segments, session.audience())
}

fn answers_of(
    session: &mut SessionMoments,
    segment: u32,
) -> (SegmentMoments, (u32, Vec<u32>), Vec<u64>) {
    let moments = session.moments(segment, &[], &[], 250);
    let (width, mut values) = session.buckets(segment);
    while values.last() == Some(&0) {
        values.pop();
    }
    let curve = session.segment(segment).map(SegmentCurve::curve);
    let cells = curve
        .map(|curve| curve.cells().to_vec())
        .unwrap_or_default();
    (moments, (width, values), cells)
}

pub(super) fn session(rows: &[PressRow]) -> SessionMoments {
    let mut session = SessionMoments::default();
    for row in rows {
        session.apply(row);
    }
    session
}

proptest! {
    #[test]
    fn any_order_and_any_batches_give_the_same(
        rows in rows().prop_shuffle(),
        batch in 1_usize..20,
    ) {
        let mut sorted = rows.clone();
        sorted.sort_by_key(|row| row.id);
        let wanted = answers(&mut session(&sorted));
        let mut live = SessionMoments::default();
        for batch in rows.chunks(batch) {
            for row in batch {
                live.apply(row);
            }
            answers(&mut live);
        }
        prop_assert_eq!(answers(&mut live), wanted);
    }

    #[test]
    fn a_row_that_is_hidden_has_never_been_and_one_that_is_told_twice_counts_once(
        rows in rows(),
        extra in rows(),
    ) {
        let extra = extra.iter().map(|row| PressRow {
            id: TimestampId(Uuid::from_u128(row.id.0.as_u128() + 1_000)),
            ..*row
        });
        let extra: Vec<_> = extra.collect();
        let hidden: Vec<_> = extra.iter().map(|row| PressRow { counts: false, ..*row }).collect();
        let mut without = session(&rows);
        let mut with = session(&rows);
        answers(&mut with);
        for row in extra.iter().chain(&extra) {
            with.apply(row);
        }
        answers(&mut with);
        for row in &hidden {
            with.apply(row);
        }
        prop_assert_eq!(answers(&mut with), answers(&mut without));
        prop_assert!(hidden.iter().all(|row| !with.apply(row)));
    }

    #[test]
    fn a_press_counts_with_the_label_that_it_was_given_last(rows in rows(), labels in prop::collection::vec(0_u32..4, 120)) {
        let relabelled = rows.iter().zip(labels).map(|(row, label)| PressRow {
            label: (label > 0).then_some(LabelId(label)),
            ..*row
        });
        let relabelled: Vec<_> = relabelled.collect();
        let mut followed = session(&rows);
        answers(&mut followed);
        for row in &relabelled {
            followed.apply(row);
        }
        let wanted = answers(&mut session(&relabelled));
        prop_assert_eq!(answers(&mut followed), wanted);
        prop_assert!(relabelled.iter().all(|row| !followed.apply(row)));
    }

    #[test]
    fn a_visitor_who_is_taken_out_has_never_been(rows in rows(), visitor in 0_u128..30) {
        let visitor = Uuid::from_u128(visitor);
        let others: Vec<_> = rows.iter().filter(|row| row.visitor != visitor).copied().collect();
        let mut with = session(&rows);
        answers(&mut with);
        with.remove_visitor(visitor);
        let mut without = session(&others);
        prop_assert_eq!(answers(&mut with), answers(&mut without));
        prop_assert_eq!(with.audience(), without.audience());
    }

    /// A segment that is over is sharpened once: neither the order of presses nor what comes in later segments matters.
    #[test]
    fn what_is_over_stays_sharpened_as_it_is(rows in rows(), order in any::<prop::sample::Index>()) {
        let sharp = |rows: &[PressRow]| {
            let session = session(rows);
            let mut sharp = session.sharpened(|segment| segment == 1, usize::MAX);
            answers_of(&mut sharp, 1)
        };
        let (over, open): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.segment_index == 1);
        // What a visitor counts for is told by all of their presses.
        let open: Vec<_> = open.into_iter().map(|row| PressRow { weight: Weight::WHOLE, ..row }).collect();
        let wanted = sharp(&over);
        let (first, then) = over.split_at(order.index(over.len() + 1));
        prop_assert_eq!(&sharp(&[then, &open, first].concat()), &wanted);
        let mut both = session(&[over.as_slice(), &open].concat()).sharpened(|_| true, usize::MAX);
        prop_assert_eq!(answers_of(&mut both, 1), wanted);
    }

    /// A session may be too long to be sharpened as a whole. The first segments are all the same, whatever comes after them.
    #[test]
    fn what_is_sharpened_stays_so_however_much_comes_later(
        rows in rows(),
        most in 0_usize..150,
        length in any::<prop::sample::Index>(),
    ) {
        let rows: Vec<_> = rows
            .into_iter()
            .map(|row| PressRow { segment_index: 1 + row.offset / 60, ..row })
            .collect();
        let whole = session(&rows).sharpened(|_| true, usize::MAX);
        let mut bounded = session(&rows).sharpened(|_| true, most);
        let sharp: Vec<u32> = bounded.changed_segments(0).collect();
        let all: Vec<u32> = whole.changed_segments(0).collect();
        prop_assert!(all.starts_with(&sharp));
        for segment in &sharp {
            let mut whole = whole.clone();
            prop_assert_eq!(answers_of(&mut bounded, *segment), answers_of(&mut whole, *segment));
        }
        let earlier = length.index(all.len() + 1);
        let before = session(&rows).sharpened(|index| all[..earlier].contains(&index), most);
        let before: Vec<u32> = before.changed_segments(0).collect();
        prop_assert_eq!(&before, &sharp[..sharp.len().min(earlier)]);
    }

    #[test]
    fn buckets_read_batch_by_batch_are_those_read_at_once(rows in rows(), batch in 1_usize..20) {
        let mut followed = SessionMoments::default();
        for batch in rows.chunks(batch) {
            for row in batch {
                followed.apply(row);
            }
            for segment in [1, 2] {
                followed.buckets(segment);
            }
        }
        let mut at_once = session(&rows);
        for segment in [1, 2] {
            prop_assert_eq!(followed.buckets(segment), at_once.buckets(segment));
        }
    }

    #[test]
    fn the_counts_of_a_range_are_those_of_its_rows(rows in rows()) {
        let mut session = session(&rows);
        for segment in [1, 2] {
            for moment in session.moments(segment, &[], &[], 0).moments {
                let range = moment.found.start..=moment.found.end;
                let own = rows.iter().filter(|row| row.counts && row.segment_index == segment && range.contains(&row.offset));
                let own: Vec<_> = own.collect();
                let mut visitors: Vec<_> = own.iter().map(|row| row.visitor).collect();
                visitors.sort_unstable();
                visitors.dedup();
                prop_assert_eq!(moment.evidence.presses as usize, own.len());
                prop_assert_eq!(moment.evidence.visitors as usize, visitors.len());
                for label in (1..4).map(LabelId) {
                    let own = own.iter().filter(|row| row.label == Some(label));
                    let visitors: HashSet<_> = own.map(|row| row.visitor).collect();
                    let counted = moment.labels.iter().find(|counted| counted.label == label);
                    prop_assert_eq!(counted.map_or(0, |counted| counted.count as usize), visitors.len());
                }
            }
        }
    }
}

#[test]
fn a_storm_by_one_visitor_is_no_moment_and_a_school_behind_one_address_is() {
    let mut storm = SessionMoments::default();
    for press in 0..600 {
        storm.apply(&row(press * 2, 1, 100 + press % 20));
    }
    assert!(storm.moments(1, &[], &[], 1_000).moments.is_empty());
    let mut fresh = crate::domain::moments::fresh_visitors::FreshVisitors::default();
    let mut school = SessionMoments::default();
    for pupil in 0..200_u32 {
        let offset = 100 + pupil / 25;
        let weight = fresh.weigh("school", offset.into());
        school.apply(&PressRow {
            weight,
            ..row(pupil * 2, pupil, offset)
        });
    }
    let moments = school.moments(1, &[], &[], 1_000).moments;
    assert_eq!(moments.len(), 1);
    assert_eq!(moments[0].evidence.visitors, 200);
}

#[test]
fn a_client_that_drops_its_cookie_makes_no_moments_but_where_it_begins() {
    let mut fresh = crate::domain::moments::fresh_visitors::FreshVisitors::default();
    let mut session = SessionMoments::default();
    for press in 0..6_000_u32 {
        let offset = 100 + press / 10;
        let weight = fresh.weigh("client", offset.into());
        session.apply(&PressRow {
            weight,
            ..row(press * 2, press, offset)
        });
    }
    let moments = session.moments(1, &[], &[], 10_000).moments;
    assert_eq!(moments.len(), 1);
    assert!(moments[0].found.peak < 115 && moments[0].found.excess < 60 << 16);
}

#[test]
fn two_viewers_make_a_moment_when_they_press_within_seven_seconds() {
    for (apart, moments) in [(0, 1), (1, 1), (4, 1), (7, 1), (9, 0), (30, 0)] {
        let mut session = session(&[row(0, 1, 100), row(2, 2, 100 + apart), row(4, 1, 300)]);
        let found = session.moments(1, &[], &[], 2).moments;
        assert_eq!(found.len(), moments, "{apart} s apart");
        assert!(found.iter().all(|moment| moment.evidence.visitors == 2));
    }
}

#[test]
fn delays_that_are_learnt_make_peaks_sharper() {
    let mut session = SessionMoments::default();
    let mut number = 0;
    for event in 1..=12 {
        for visitor in 0..20 {
            let late = if visitor % 2 == 0 { 0 } else { 8 };
            session.apply(&row(number * 2, visitor, event * 200 + late));
            number += 1;
        }
    }
    let mut sharp = session.sharpened(|_| true, usize::MAX);
    let height = |session: &mut SessionMoments| {
        let moments = session.moments(1, &[], &[], 20).moments;
        moments.iter().map(|moment| moment.found.height).max()
    };
    assert!(height(&mut sharp) > height(&mut session));
    assert_eq!(sharp.moments(1, &[], &[], 20).moments.len(), 12);
}

/// Twelve events. Of the visitors of each, every other one is late by some seconds, and some press at any time.
fn late_crowd(late_by: u32, others: &[(u32, u32)]) -> Vec<PressRow> {
    let at_events = (1..=12).flat_map(|event| {
        (0..20).map(move |visitor| (visitor, event * 200 + visitor % 2 * late_by))
    });
    let at_any_time = others
        .iter()
        .map(|&(visitor, offset)| (visitor % 40, offset));
    let presses = at_events.chain(at_any_time);
    let rows = (0..).zip(presses);
    rows.map(|(number, (visitor, offset))| row(number * 2, visitor, offset))
        .collect()
}

proptest! {
    /// Lists, a viewer's own presses and "hide all of the moment" go by the stored offsets.
    #[test]
    fn a_sharpened_moment_counts_what_lies_in_its_range_by_the_stored_offsets(
        late_by in 0_u32..20,
        others in prop::collection::vec((0_u32..40, 0_u32..2_500), 0..60),
        edits in prop::collection::vec((0_u32..2_500, 0_u32..40, any::<bool>()), 0..4),
    ) {
        let rows = late_crowd(late_by, &others);
        let mut sharp = session(&rows).sharpened(|_| true, usize::MAX);
        let edits: Vec<_> = edits
            .iter()
            .map(|&(start, length, is_split)| match is_split {
                true => RangeEdit::Split { at: start },
                false => RangeEdit::SetRange { start, end: start + length },
            })
            .collect();
        let moments = sharp.moments(1, &[], &edits, 40).moments;
        prop_assert!(!edits.is_empty() || moments.len() >= 12);
        prop_assert!(moments.is_sorted_by(|one, other| one.found.end < other.found.start));
        for moment in moments {
            let found = moment.found;
            prop_assert!((found.start..=found.end).contains(&found.peak));
            let inside = rows.iter().filter(|row| (found.start..=found.end).contains(&row.offset));
            let visitors: HashSet<_> = inside.clone().map(|row| row.visitor).collect();
            let (presses, visitors) = (inside.count(), visitors.len());
            prop_assert_eq!(moment.evidence.presses as usize, presses);
            prop_assert_eq!(moment.evidence.visitors as usize, visitors);
            let range = (found.start, found.end);
            let is_made = Boundaries::new(&edits).is_exact(range);
            prop_assert!(presses > 0 || is_made, "nobody pressed in {range:?}");
        }
    }
}

/// Of the crowd at 2,600 s, only those press who are early elsewhere: corrected, it stands behind the range that somebody gave it.
#[test]
fn a_crowd_that_is_put_across_a_border_makes_no_moment_without_presses() {
    for late_by in [8, 10, 12] {
        let early: Vec<_> = (0..10).map(|visitor| (visitor * 2, 2_600)).collect();
        let mut sharp = session(&late_crowd(late_by, &early)).sharpened(|_| true, usize::MAX);
        for edit in [
            RangeEdit::SetRange {
                start: 2_596,
                end: 2_604,
            },
            RangeEdit::Split { at: 2_603 },
        ] {
            let moments = sharp.moments(1, &[], &[edit], 40).moments;
            assert!(
                moments.iter().all(|moment| moment.evidence.presses > 0),
                "{edit:?}"
            );
        }
    }
}

#[test]
fn a_moment_keeps_those_who_are_late_when_its_segment_ends() {
    for late_by in [0, 6, 12] {
        let mut live = session(&late_crowd(late_by, &[]));
        let mut sharp = live.sharpened(|_| true, usize::MAX);
        let visitors = |session: &mut SessionMoments| -> Vec<u32> {
            let moments = session.moments(1, &[], &[], 40).moments;
            moments
                .iter()
                .map(|moment| moment.evidence.visitors)
                .collect()
        };
        assert_eq!(visitors(&mut live), [20; 12]);
        assert_eq!(visitors(&mut sharp), [20; 12], "late by {late_by} s");
    }
}

#[test]
fn a_bucket_becomes_twice_as_wide_where_there_would_be_more_than_four_hundred() {
    let widths = [0, 400, 401, 7_200, 43_200].map(bucket_width);
    assert_eq!(widths, [1, 1, 2, 32, 128]);
}
