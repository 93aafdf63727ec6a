//! The running clock of the open segment.

use std::fmt;

use chrono::{DateTime, Timelike, Utc};
use leptos::prelude::*;

use crate::{
    components::shared::updates::Update,
    domain::{offset::Offset, session::Status},
    live::page::feed::Feed,
    words::stream,
};

const CLOCK: &str = "clock";
const SEGMENT: &str = "clock-segment";
const TIME: &str = "clock-time";

/// The running clock of the open segment; hidden while there is none. Until the server's time is known, and without scripts,
/// it stands still and says when the segment began, because anything else would soon be wrong. `updates` moves it.
#[component]
pub fn SegmentClock(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let session = feed.session.read_untracked();
    let words = in_words(reading(&session.status, feed.now.get_untracked()));
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

pub(crate) fn updates(status: &Status, now: Option<DateTime<Utc>>) -> [Update; 4] {
    let words = in_words(reading(status, now));
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

fn in_words(reading: Option<(u32, Time)>) -> Option<Words> {
    let (index, time) = reading?;
    Some(Words {
        segment: match time {
            Time::Since(..) => stream::segment_since(index),
            Time::Running(_) => stream::segment(index),
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
            Self::Running(offset) => offset.fmt(f),
            Self::Since(hour, minute) => write!(f, "{hour:02}:{minute:02}"),
        }
    }
}

/// The open segment and what its clock shows.
fn reading(status: &Status, now: Option<DateTime<Utc>>) -> Option<(u32, Time)> {
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

    #[test]
    fn until_the_time_is_known_the_clock_says_when_the_segment_began() {
        let start_time = DateTime::from_timestamp(1_800_000_123, 0).unwrap();
        let now = start_time + TimeDelta::seconds(754);
        assert_eq!(Time::new(start_time, None).to_string(), "08:02");
        assert_eq!(Time::new(start_time, Some(now)).to_string(), "00:12:34");
    }
}
