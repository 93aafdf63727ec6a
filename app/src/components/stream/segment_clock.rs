//! The running clock of the open segment. On a desk it stands still in a pause.

use std::fmt;

use chrono::{DateTime, Timelike, Utc};
use leptos::prelude::*;

use crate::{
    components::shared::updates::Update,
    domain::{offset::Offset, role::Audience, segment::Segment, session::Status},
    live::page::feed::Feed,
    words::stream,
};

const CLOCK: &str = "clock";
const SEGMENT: &str = "clock-segment";
const TIME: &str = "clock-time";

/// The running clock of the open segment. In a pause it is hidden from viewers, and shows the staff how long the last segment
/// was: what stands beside it keeps its place. Until the server's time is known, and without scripts, it stands still and says
/// when the segment began, because anything else would soon be wrong. `updates` moves it.
#[component]
pub fn SegmentClock(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let session = feed.session.read_untracked();
    let now = feed.now.get_untracked();
    let segments = feed.segments.read_untracked();
    let words = in_words(&session.status, feed.audience, &segments, now);
    let label = words.as_ref().map(|words| words.label.clone());
    let is_hidden = words.is_none();
    let Words { segment, time, .. } = words.unwrap_or_default();
    view! {
        <p id=CLOCK class="clock" role="timer" aria-label=label hidden=is_hidden>
            <span id=SEGMENT class="clock__segment" inner_html=segment></span>
            " "
            <span id=TIME class="clock__time" translate="no" inner_html=time></span>
        </p>
    }
    .into_any()
}

/// What this audience is shown of a session with this status and these segments.
pub(crate) fn updates(
    status: &Status,
    audience: Audience,
    segments: &[Segment],
    now: Option<DateTime<Utc>>,
) -> [Update; 4] {
    let words = in_words(status, audience, segments, now);
    let is_shown = words.is_some();
    let label = words.as_ref().map(|words| words.label.clone());
    let Words { segment, time, .. } = words.unwrap_or_default();
    [
        Update::content(SEGMENT, segment),
        Update::content(TIME, time),
        Update::attribute(CLOCK, "aria-label", label),
        Update::shown(CLOCK, is_shown),
    ]
}

/// What the clock says.
#[derive(Default)]
struct Words {
    segment: String,
    time: String,
    label: String,
}

fn in_words(
    status: &Status,
    audience: Audience,
    segments: &[Segment],
    now: Option<DateTime<Utc>>,
) -> Option<Words> {
    let (index, time) = match audience {
        // A pause is told in the place of their clock.
        Audience::Public => running(status, now)?,
        Audience::Staff => running(status, now).or_else(|| paused(status, segments))?,
    };
    Some(Words {
        segment: match time {
            Time::Since(..) => stream::segment_since(index),
            Time::Running(_) => stream::segment(index),
            Time::Paused(_) => stream::segment_paused(index),
        },
        time: time.to_string(),
        label: stream::clock(index),
    })
}

/// What the clock of a segment shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// How long it has been open.
    Running(Offset),
    /// How long it was when it was paused.
    Paused(Offset),
    /// Since when it is open: hours and minutes, UTC.
    Since(u32, u32),
}

impl Time {
    fn new(start_time: DateTime<Utc>, now: Option<DateTime<Utc>>) -> Self {
        match now {
            Some(now) => Self::Running(Offset::between(start_time, now)),
            None => Self::Since(start_time.hour(), start_time.minute()),
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running(offset) | Self::Paused(offset) => offset.fmt(f),
            Self::Since(hour, minute) => write!(f, "{hour:02}:{minute:02}"),
        }
    }
}

/// The segment before a pause and what its clock shows.
fn paused(status: &Status, segments: &[Segment]) -> Option<(u32, Time)> {
    let Status::Paused { last: Some(last) } = status else {
        return None;
    };
    let segment = segments
        .iter()
        .find(|segment| segment.index == last.index)?;
    let length = Offset::between(segment.start_time, last.end_time);
    Some((last.index, Time::Paused(length)))
}

/// The open segment and what its clock shows.
fn running(status: &Status, now: Option<DateTime<Utc>>) -> Option<(u32, Time)> {
    match *status {
        Status::Active {
            segment,
            start_time,
        } => Some((segment, Time::new(start_time, now))),
        Status::Paused { .. } | Status::Ended { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::session::LastSegment;

    #[test]
    fn until_the_time_is_known_the_clock_says_when_the_segment_began() {
        let start_time = DateTime::from_timestamp(1_800_000_123, 0).unwrap();
        let now = start_time + TimeDelta::seconds(754);
        assert_eq!(Time::new(start_time, None).to_string(), "08:02");
        assert_eq!(Time::new(start_time, Some(now)).to_string(), "00:12:34");
    }

    #[test]
    fn in_a_pause_the_clock_stands_still_for_the_staff_and_goes_away_for_viewers() {
        let start_time = DateTime::from_timestamp(1_800_000_123, 0).unwrap();
        let end_time = start_time + TimeDelta::seconds(754);
        let segments = [Segment {
            index: 1,
            start_time,
            end_time: Some(end_time),
            timestamp_count: 3,
        }];
        let last = Some(LastSegment { index: 1, end_time });
        let shown = |status: Status, audience| {
            let now = Some(end_time + TimeDelta::seconds(60));
            let words = in_words(&status, audience, &segments, now);
            words.map(|words| [words.segment, words.time].join(" "))
        };
        let paused = |audience| shown(Status::Paused { last }, audience);
        assert_eq!(
            paused(Audience::Staff).as_deref(),
            Some("Segment 1, paused 00:12:34")
        );
        assert_eq!(paused(Audience::Public), None);
        assert_eq!(shown(Status::Ended { last }, Audience::Staff), None);
        let not_started = Status::Paused { last: None };
        assert_eq!(shown(not_started, Audience::Staff), None);
    }
}
