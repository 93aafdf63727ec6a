//! Text about the status of the stream, and the streamer's buttons.

use super::time::time_of_day;
use crate::domain::{segment::Segment, session::Status, stream_command::Button};

/// The heading of the stream's panel, for those who hear the page.
pub(crate) const HEADING: &str = "The stream";
/// How many presses the session has.
pub(crate) const PRESSES: &str = "Presses";
/// How many of them lie in the open segment.
pub(crate) const IN_THIS_SEGMENT: &str = "In this segment";

/// Unfolds what is asked about a stream that began earlier.
pub(crate) const ALREADY_RUNNING: &str = "Already running?";
/// Follows the number of minutes.
pub(crate) const MINUTES_AGO: &str = "minutes ago";

/// Asks before the session is ended.
pub(crate) const END_QUESTION: &str = "End the session?";
/// What ending it means.
pub(crate) const END_EXPLANATION: &str =
    "The list closes for viewers; your broadcast goes on. You can reopen the session afterwards.";
/// The button that ends it.
pub(crate) const END_YES: &str = "End it";

/// What stands on a button.
pub(crate) fn button(button: Button) -> &'static str {
    match button {
        Button::Start => "Start",
        Button::Pause => "Pause",
        Button::Resume => "Resume",
        Button::End => "End",
        Button::Reopen => "Reopen",
    }
}

/// What stands before the number of minutes.
pub(crate) fn began(is_not_started: bool) -> &'static str {
    match is_not_started {
        true => "Started",
        false => "Resumed",
    }
}

/// How the stream stands, to go on in a sentence.
pub(crate) fn stands(status: &Status) -> &'static str {
    match status {
        Status::Active { .. } => "the stream is running",
        Status::Paused { last: None } => "the stream has not started",
        Status::Paused { last: Some(_) } => "the stream is paused",
        Status::Ended { .. } => "the stream has ended",
    }
}

/// The status of the stream, in a word.
pub(crate) fn status(status: &Status) -> &'static str {
    match status {
        Status::Active { .. } => "Live",
        Status::Paused { last: None } => "Not started",
        Status::Paused { last: Some(_) } => "Paused",
        Status::Ended { .. } => "Ended",
    }
}

/// What stands beside the time at which a segment began.
pub(crate) fn segment_since(index: u32) -> String {
    format!("Segment {index} since (UTC)")
}

/// What stands beside how long a segment was before the pause.
pub(crate) fn segment_paused(index: u32) -> String {
    format!("Segment {index}, paused")
}

/// The running clock of a segment, for those who hear the page.
pub(crate) fn clock(index: u32) -> String {
    format!("Clock of segment {index}")
}

/// From when to when a segment ran.
pub(crate) fn times(segment: &Segment) -> String {
    let start = time_of_day(segment.start_time);
    match segment.end_time {
        Some(end) => format!("{start} – {} UTC", time_of_day(end)),
        None => format!("since {start} UTC"),
    }
}

/// A segment.
pub(crate) fn segment(index: u32) -> String {
    format!("Segment {index}")
}

/// The segment of something, in a session that has had so many of them; nothing if there has been only one, which needs no name.
pub(crate) fn segment_of(index: u32, segments: u32) -> Option<String> {
    // A row of a new segment may be heard of before the segment itself.
    (index.max(segments) > 1).then(|| segment(index))
}

/// The same, before a time in that segment.
pub(crate) fn before_time(index: u32, segments: u32) -> String {
    segment_of(index, segments).map_or_else(String::new, |segment| segment + " · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_named_where_there_has_been_more_than_one() {
        assert_eq!(segment_of(1, 0), None);
        assert_eq!(segment_of(1, 1), None);
        assert_eq!(before_time(1, 1), "");
        assert_eq!(before_time(1, 2), "Segment 1 · ");
        assert_eq!(segment_of(2, 1).as_deref(), Some("Segment 2"));
    }

    #[test]
    fn a_segment_tells_when_it_ran() {
        let mut segment = Segment {
            index: 1,
            start_time: "2026-11-24T18:02:59Z".parse().unwrap(),
            end_time: "2026-11-24T20:14:00Z".parse().ok(),
            timestamp_count: 24,
        };
        assert_eq!(times(&segment), "18:02 – 20:14 UTC");
        segment.end_time = None;
        assert_eq!(times(&segment), "since 18:02 UTC");
    }
}
