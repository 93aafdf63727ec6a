//! A press: the action that creates a timestamp, and the rule for its place.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    labels::LabelId,
    offset::Offset,
    rules::Rules,
    segment::Segment,
    session::Status,
    text::{Name, Note, TextError},
    timestamp::TimestampId,
};

/// What a viewer sends with one press of the button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Press {
    /// Created by the browser, once per press: a retry carries the same one.
    pub id: TimestampId,
    /// What the viewer says about the moment.
    pub note: Option<Note>,
    /// Who the viewer says they are.
    pub name: Option<Name>,
    /// The label that was pressed; none for the large button.
    pub label: Option<LabelId>,
    /// How many milliseconds it waited in the browser before it could be sent.
    pub waited_ms: u64,
}

/// A press as it is sent to the server: note and name are parsed there, so that an error names the rule that was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawPress {
    /// Created by the browser, once per press.
    pub id: TimestampId,
    /// The note as it was typed.
    #[serde(default)]
    pub note: Option<String>,
    /// The name as it was typed.
    #[serde(default)]
    pub name: Option<String>,
    /// The number of its label. One that the session doesn't offer (any more) costs nobody the press.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelId>,
    /// How many milliseconds it waited.
    #[serde(default)]
    pub waited_ms: u64,
}

impl TryFrom<RawPress> for Press {
    type Error = TextError;

    fn try_from(raw: RawPress) -> Result<Self, TextError> {
        Ok(Self {
            id: raw.id,
            note: raw.note.map(Note::try_from).transpose()?,
            name: raw.name.map(Name::try_from).transpose()?,
            label: raw.label,
            waited_ms: raw.waited_ms,
        })
    }
}

impl From<Press> for RawPress {
    fn from(press: Press) -> Self {
        Self {
            id: press.id,
            note: press.note.map(String::from),
            name: press.name.map(String::from),
            label: press.label,
            waited_ms: press.waited_ms,
        }
    }
}

impl Press {
    /// Checks that it has everything that a session with these rules requires.
    ///
    /// # Errors
    /// `PressRefused::NameMissing`.
    pub fn validate(&self, rules: Rules) -> Result<(), PressRefused> {
        if rules.names_required && self.name.is_none() {
            return Err(PressRefused::NameMissing);
        }
        Ok(())
    }
}

/// The longest that a press may have waited: 15 minutes, in milliseconds.
pub const LONGEST_WAIT_MS: u64 = 15 * 60 * 1000;

/// How long its author can change a press or take it back, counted from when the server received it: two minutes.
pub const CHANGEABLE_FOR: TimeDelta = TimeDelta::minutes(2);

/// How much longer the server accepts a change, because it was on its way: ten seconds.
const CHANGE_GRACE: TimeDelta = TimeDelta::seconds(10);

/// Whether a page offers its author to change a press that was received at `received`.
pub fn can_be_changed(received: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - received < CHANGEABLE_FOR
}

/// Checks that the author of a press that was received at `received` may still change it.
///
/// # Errors
/// `PressRefused::TooLateToChange`.
pub fn check_change(received: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), PressRefused> {
    match now - received < CHANGEABLE_FOR + CHANGE_GRACE {
        true => Ok(()),
        false => Err(PressRefused::TooLateToChange),
    }
}

/// Where a press goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The segment: 1, 2, 3, ….
    pub segment_index: u32,
    /// Whole seconds since that segment's start.
    pub offset_seconds: Offset,
}

/// Why a press was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PressRefused {
    /// The first segment has not started yet.
    #[error("the stream has not started")]
    NotStarted,
    /// No segment is open.
    #[error("the stream is paused")]
    Paused,
    /// The session is over.
    #[error("the stream has ended")]
    Ended,
    /// It waited, and its moment is in no segment.
    #[error("the moment lies in a pause")]
    MomentInPause,
    /// The session requires a name.
    #[error("the session requires a name")]
    NameMissing,
    /// It waited longer than allowed.
    #[error("the press waited longer than {} minutes", LONGEST_WAIT_MS / 60_000)]
    WaitedTooLong,
    /// It can no longer be changed by its author.
    #[error("the press can only be changed for {} minutes", CHANGEABLE_FOR.num_minutes())]
    TooLateToChange,
}

/// The open segment and its start, while the session is active (rule 1).
///
/// # Errors
/// `PressRefused`: nothing can be marked now.
pub fn open_segment(status: &Status) -> Result<(u32, DateTime<Utc>), PressRefused> {
    match status {
        Status::Active {
            segment,
            start_time,
        } => Ok((*segment, *start_time)),
        Status::Paused { last: None } => Err(PressRefused::NotStarted),
        Status::Paused { last: Some(_) } => Err(PressRefused::Paused),
        Status::Ended { .. } => Err(PressRefused::Ended),
    }
}

/// Where a press goes: into the segment that contained its moment, while the session is active (rule 1), at the offset of that
/// moment (rule 2). The server received it at `received`, whatever it had to wait for there. `segments` are the session's, in
/// any order.
///
/// # Errors
/// `PressRefused`.
pub fn place(
    status: &Status,
    segments: &[Segment],
    received: DateTime<Utc>,
    waited_ms: u64,
) -> Result<Placement, PressRefused> {
    let (open, start_time) = open_segment(status)?;
    if waited_ms > LONGEST_WAIT_MS {
        return Err(PressRefused::WaitedTooLong);
    }
    let waited = i64::try_from(waited_ms).unwrap_or(i64::MAX);
    let pressed = received - TimeDelta::milliseconds(waited);
    let in_open = Placement {
        segment_index: open,
        offset_seconds: Offset::between(start_time, pressed),
    };
    if pressed >= start_time {
        return Ok(in_open);
    }
    let mut segments = segments.iter();
    let around = segments.find(|segment| {
        segment.start_time <= pressed && segment.end_time.is_some_and(|end| pressed <= end)
    });
    match around {
        Some(segment) => Ok(Placement {
            segment_index: segment.index,
            offset_seconds: Offset::between(segment.start_time, pressed),
        }),
        // A press that did not wait belongs to the open segment, even if the server received it just before its start, or the
        // clock was set back.
        None if waited_ms == 0 => Ok(in_open),
        None => Err(PressRefused::MomentInPause),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::session::LastSegment;

    fn at(milliseconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_800_000_000_000 + milliseconds).unwrap()
    }

    fn segment(index: u32, start: i64, end: Option<i64>) -> Segment {
        Segment {
            index,
            start_time: at(start),
            end_time: end.map(at),
            timestamp_count: 0,
        }
    }

    /// Segment 1 from 0 to 60 s, a pause, segment 2 since 90 s.
    fn second_segment() -> (Status, Vec<Segment>) {
        let status = Status::Active {
            segment: 2,
            start_time: at(90_000),
        };
        (
            status,
            vec![segment(1, 0, Some(60_000)), segment(2, 90_000, None)],
        )
    }

    #[test]
    fn only_where_names_are_required_a_press_without_one_is_refused() {
        let nameless = Press {
            id: TimestampId(uuid::Uuid::nil()),
            note: None,
            name: None,
            label: None,
            waited_ms: 0,
        };
        let named = Press {
            name: Some(Name::parse("Ciri").unwrap()),
            ..nameless.clone()
        };
        let strict = Rules {
            names_required: true,
            ..Rules::default()
        };
        assert_eq!(nameless.validate(Rules::default()), Ok(()));
        assert_eq!(named.validate(strict), Ok(()));
        assert_eq!(nameless.validate(strict), Err(PressRefused::NameMissing));
    }

    #[test]
    fn a_press_without_a_label_is_sent_as_it_was_before_there_were_any() {
        let json = r#"{"id":"00000000-0000-0000-0000-000000000000","note":null,"name":null,"waited_ms":0}"#;
        let raw: RawPress = serde_json::from_str(json).unwrap();
        assert_eq!(raw.label, None);
        assert_eq!(serde_json::to_string(&raw).unwrap(), json);
        let labelled = RawPress {
            label: Some(LabelId(3)),
            ..raw
        };
        let json = serde_json::to_string(&labelled).unwrap();
        assert!(json.contains(r#""label":3"#), "{json}");
        assert_eq!(Press::try_from(labelled).unwrap().label, Some(LabelId(3)));
    }

    #[test]
    fn a_press_is_accepted_only_while_active() {
        let last = Some(LastSegment {
            index: 1,
            end_time: at(5),
        });
        for (status, refused) in [
            (Status::Paused { last: None }, PressRefused::NotStarted),
            (Status::Paused { last }, PressRefused::Paused),
            (Status::Ended { last }, PressRefused::Ended),
        ] {
            assert_eq!(place(&status, &[], at(10), 0), Err(refused));
        }
    }

    #[test]
    fn a_press_that_waited_lands_at_its_own_moment() {
        let (status, segments) = second_segment();
        let spot = place(&status, &segments, at(100_000), 55_000).unwrap();
        assert_eq!((spot.segment_index, spot.offset_seconds), (1, Offset(45)));
        let spot = place(&status, &segments, at(100_000), 4_000).unwrap();
        assert_eq!((spot.segment_index, spot.offset_seconds), (2, Offset(6)));
    }

    #[test]
    fn a_press_that_is_received_just_before_a_segment_begins_lies_at_its_start() {
        let (status, segments) = second_segment();
        for received in [89_999, 90_000, 90_999] {
            let spot = place(&status, &segments, at(received), 0).unwrap();
            assert_eq!((spot.segment_index, spot.offset_seconds), (2, Offset(0)));
        }
    }

    #[test]
    fn a_press_that_waited_on_the_server_through_a_pause_stays_in_the_segment_of_its_arrival() {
        let (status, segments) = second_segment();
        let spot = place(&status, &segments, at(30_000), 0).unwrap();
        assert_eq!((spot.segment_index, spot.offset_seconds), (1, Offset(30)));
    }

    #[test]
    fn a_moment_in_a_pause_is_refused() {
        let (status, segments) = second_segment();
        let refused = place(&status, &segments, at(100_000), 20_000);
        assert_eq!(refused, Err(PressRefused::MomentInPause));
    }

    #[test]
    fn a_press_that_waited_too_long_is_refused() {
        let (status, segments) = second_segment();
        let refused = place(&status, &segments, at(2_000_000), LONGEST_WAIT_MS + 1);
        assert_eq!(refused, Err(PressRefused::WaitedTooLong));
    }

    proptest! {
        #[test]
        fn what_a_page_offers_to_change_is_accepted_also_if_it_arrives_some_seconds_later(
            age in -60_000i64..600_000, transit in 0i64..10_000,
        ) {
            let is_offered = can_be_changed(at(0), at(age));
            prop_assert_eq!(is_offered, age < 120_000);
            if is_offered {
                prop_assert_eq!(check_change(at(0), at(age + transit)), Ok(()));
            }
            let is_over = check_change(at(0), at(age)) == Err(PressRefused::TooLateToChange);
            prop_assert_eq!(is_over, age >= 130_000);
        }

        /// The seconds at which something begins or ends are tried most.
        #[test]
        fn a_press_goes_to_the_segment_around_its_moment_and_ends_belong_to_segments(
            pressed in prop_oneof![
                prop::sample::select(&[-1, 0, 60_000, 60_001, 89_999, 90_000][..]),
                -10_000i64..2_000_000,
            ],
            waited in prop_oneof![
                prop::sample::select(&[0, 1, LONGEST_WAIT_MS, LONGEST_WAIT_MS + 1][..]),
                0..2 * LONGEST_WAIT_MS,
            ],
        ) {
            let (status, segments) = second_segment();
            let received = pressed + i64::try_from(waited).unwrap();
            let found = place(&status, &segments, at(received), waited);
            let found = found.map(|spot| (spot.segment_index, spot.offset_seconds.seconds()));
            let seconds = |milliseconds: i64| u32::try_from(milliseconds / 1_000).unwrap();
            let expected = match pressed {
                _ if waited > LONGEST_WAIT_MS => Err(PressRefused::WaitedTooLong),
                0..=60_000 => Ok((1, seconds(pressed))),
                90_000.. => Ok((2, seconds(pressed - 90_000))),
                _ if waited == 0 => Ok((2, 0)),
                _ => Err(PressRefused::MomentInPause),
            };
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn an_accepted_press_lies_inside_its_segment(received in 90_000i64..2_000_000, waited in 0u64..1_000_000) {
            let (status, segments) = second_segment();
            if let Ok(spot) = place(&status, &segments, at(received), waited) {
                let segment = &segments[usize::try_from(spot.segment_index).unwrap() - 1];
                let moment = segment.start_time + TimeDelta::seconds(i64::from(spot.offset_seconds.seconds()));
                prop_assert!(moment <= at(received));
                prop_assert!(segment.end_time.is_none_or(|end| moment <= end));
            }
        }
    }
}
