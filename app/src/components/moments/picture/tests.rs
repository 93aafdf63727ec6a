//! Where segments, moments and seconds lie in the picture, and what it says.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::{
    highlights::{CurvePart, Highlights},
    moments::moment::tests::blank,
    offset::Offset,
    revision::Revision,
};

fn segment(index: u32, seconds: Option<i64>) -> Segment {
    let start_time = DateTime::<Utc>::UNIX_EPOCH;
    Segment {
        index,
        start_time,
        end_time: seconds.map(|seconds| start_time + TimeDelta::seconds(seconds)),
        timestamp_count: 0,
    }
}

/// A curve that rises to a height at one second, and a moment there.
fn highlights(segment_index: u32, second: u32, height: u32) -> LiveHighlights {
    let moment = Moment {
        id: MomentId(Uuid::from_u128(second.into())),
        segment_index,
        start: Offset(second),
        peak: Offset(second),
        end: Offset(second),
        excess: height,
        ..blank()
    };
    let curve = CurvePart {
        segment_index,
        bucket_seconds: 1,
        is_whole: true,
        values: vec![(second, height)],
    };
    let told = Highlights {
        moments: vec![moment],
        curves: vec![curve],
        ..Highlights::default()
    };
    LiveHighlights::new(told, Revision(1))
}

fn places(timeline: &Timeline<'_>) -> Vec<(String, String)> {
    let marks = timeline.marks().into_iter();
    marks.map(|mark| (mark.x, mark.y)).collect()
}

proptest! {
    #[test]
    fn the_edge_moves_in_a_thousand_steps_at_most_and_never_back(seconds in 0..1_000_000_u32) {
        let now = edge(seconds);
        prop_assert!(now >= seconds);
        let step = LEAST_STEP.max(now / STEPS * 2);
        prop_assert!(now - seconds < step, "{now} at {seconds}");
        prop_assert!(edge(seconds + 1) >= now);
        // It waits there until the segment is longer, and then goes a step of that share of the whole at least.
        prop_assert_eq!(edge(now), now);
        prop_assert!(edge(now + 1) - now >= (seconds / STEPS).max(LEAST_STEP));
    }
}

proptest! {
    #[test]
    fn the_times_of_the_axis_have_room_and_are_few(width in LEAST_SECONDS..u32::MAX) {
        let interval = interval(width);
        prop_assert!(width <= interval.saturating_mul(MOST_LINES));
        // Seldom a single one, and never none.
        prop_assert!(width >= interval, "{interval} of {width}");
    }
}

#[test]
fn each_segment_has_lines_at_its_own_round_times() {
    let segments = [segment(1, Some(1_300)), segment(2, Some(700))];
    let highlights = highlights(2, 30, 120);
    let timeline = Timeline::new(&segments, &highlights, None);
    let axis = timeline.axis();
    let times: Vec<_> = axis
        .split("1.1em\">")
        .skip(1)
        .map(|rest| &rest[..8])
        .collect();
    assert_eq!(times, ["00:10:00", "00:20:00", "00:10:00"]);
    let x = share(1_300 + 2_000 / PAUSES + 600, timeline.seconds());
    assert!(
        axis.contains(&format!("<line class=\"timeline__tick\" x1=\"{x}\"")),
        "{axis}"
    );
    assert!(timeline.curves().ends_with(&axis));
}

#[test]
fn a_moment_stands_on_the_curve_at_its_peak() {
    let segments = [segment(1, Some(600))];
    let highlights = highlights(1, 150, 200);
    let timeline = Timeline::new(&segments, &highlights, None);
    assert_eq!(places(&timeline), [("25.00%".into(), share(20, 220))]);
    assert_eq!(timeline.still().matches("<path").count(), 1);
    assert_eq!(timeline.still().matches("<circle").count(), 1);
}

#[test]
fn a_few_who_press_together_do_not_fill_the_height() {
    let segments = [segment(1, Some(600))];
    let highlights = highlights(1, 150, LEAST_TOP / 4);
    let timeline = Timeline::new(&segments, &highlights, None);
    let top = LEAST_TOP + LEAST_TOP / HEADROOM;
    assert_eq!(places(&timeline)[0].1, share(top - LEAST_TOP / 4, top));
}

#[test]
fn segments_stand_side_by_side_with_a_gap_for_each_pause() {
    let segments = [segment(1, Some(600)), segment(2, Some(600))];
    let highlights = highlights(2, 0, 200);
    let timeline = Timeline::new(&segments, &highlights, None);
    // 600 s, a gap of a sixtieth of 1,200 s, and 600 s.
    assert_eq!(places(&timeline)[0].0, share(620, 1_220));
    assert_eq!(timeline.curves().matches("timeline__ground").count(), 2);
}

#[test]
fn the_open_segment_grows_with_the_time_and_ends_with_its_last_press_where_that_is_not_known() {
    let segments = [segment(1, None)];
    let highlights = highlights(1, 399, 200);
    let width = |elapsed| Timeline::new(&segments, &highlights, elapsed).width;
    assert_eq!(width(None), 400);
    assert_eq!(width(Some(900)), 900);
    assert_eq!(
        Timeline::new(&segments, &LiveHighlights::default(), None).width,
        LEAST_SECONDS
    );
}

#[test]
fn a_share_is_written_to_two_places() {
    let shares = [(0, 7), (1, 3), (1, 16), (7, 7), (3, 0)];
    let written = shares.map(|(part, whole)| share(part, whole));
    assert_eq!(written, ["0.00%", "33.33%", "6.25%", "100.00%", "300.00%"]);
}

#[test]
fn moments_tell_what_they_are_and_those_that_are_listed_are_links() {
    let segments = [segment(1, Some(600))];
    let highlights = highlights(1, 60, 100);
    let timeline = Timeline::new(&segments, &highlights, None);
    let told = |is_listed: bool| {
        let told = timeline.told(|_| is_listed, |moment| words::in_a_line(moment, 12));
        told.split_once("</g>").unwrap().1.to_owned()
    };
    insta::assert_snapshot!(told(true), @r##"<a href="#moment-00000000-0000-0000-0000-00000000003c" class="timeline__moment"><title>00:01:00 · 12 viewers</title><circle class="timeline__hit" cx="10.00%" cy="9.09%" r="12"/><circle class="timeline__mark" cx="10.00%" cy="9.09%" r="4"/></a>"##);
    assert!(told(false).starts_with("<g class=\"timeline__moment\"><title>00:01:00"));
}

#[test]
fn a_second_is_found_where_it_is_drawn() {
    let segments = [segment(1, Some(600)), segment(2, Some(300))];
    let highlights = highlights(1, 60, 100);
    let timeline = Timeline::new(&segments, &highlights, None);
    for (segment_index, seconds) in [(1, 0), (1, 599), (2, 0), (2, 300)] {
        let position = Position {
            segment_index,
            offset_seconds: Offset(seconds),
        };
        let at = timeline.seconds_to(position).unwrap();
        assert_eq!(timeline.position_at(at), Some(position));
    }
    // The pause between them belongs to the segment before it.
    let in_pause = timeline.position_at(605).unwrap();
    assert_eq!(
        (in_pause.segment_index, in_pause.offset_seconds),
        (1, Offset(600))
    );
}
