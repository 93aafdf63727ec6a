//! The running clock of the open segment.

use std::fmt;

use chrono::{DateTime, Timelike, Utc};
use leptos::prelude::*;

use crate::{
    components::shared::live_text::live_text,
    domain::{
        offset::Offset,
        session::{Session, Status},
    },
    live::page::feed::Feed,
    words::stream,
};

/// The running clock of the open segment; empty while there is none. Until the server's time is known, and without scripts,
/// it stands still and says when the segment began, because anything else would soon be wrong.
#[component]
pub fn SegmentClock(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let reading = use_reading(feed.session, feed.now);
    let is_open = Memo::new(move |_| reading.read().is_some());
    let segment = move || {
        let reading = reading.get();
        reading.map(|(segment, time)| match time {
            Time::Since(..) => stream::segment_since(segment),
            Time::Running(_) => stream::segment(segment),
        })
    };
    let label = move || {
        let reading = reading.get();
        reading.map(|(segment, _)| stream::clock(segment))
    };
    let time = move || reading.get().map(|(_, time)| time.to_string());
    view! {
        <Show when=move || is_open.get()>
            <p class="clock" role="timer" aria-label=label>
                <span class="clock__segment" inner_html=live_text(segment)></span>
                " "
                <span class="clock__time" translate="no" inner_html=live_text(time)></span>
            </p>
        </Show>
    }
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
pub fn use_reading(
    session: ReadSignal<Session>,
    now: ReadSignal<Option<DateTime<Utc>>>,
) -> Memo<Option<(u32, Time)>> {
    Memo::new(move |_| match session.read().status {
        Status::Active {
            segment,
            start_time,
        } => Some((segment, Time::new(start_time, now.get()))),
        Status::Paused { .. } | Status::Ended { .. } => None,
    })
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
