//! A session and its status, as every page sees them.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{
    code::Code,
    labels::Labels,
    lead::Timing,
    rules::Rules,
    text::{Game, Title},
    utc,
};

/// How long a session that its streamer deleted can be restored.
pub const RESTORABLE_FOR: TimeDelta = TimeDelta::days(1);

/// One stream in which viewers mark moments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// What viewers type.
    pub code: Code,
    /// Its title.
    pub title: Title,
    /// The game being played.
    pub game: Game,
    /// Whether presses are accepted, and where they go.
    pub status: Status,
    /// How many timestamps it has, not counting hidden ones.
    pub timestamp_count: u32,
    /// Its settings.
    #[serde(default, skip_serializing_if = "Rules::is_open")]
    pub rules: Rules,
    /// Its labels.
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// How it allows for how late viewers press.
    #[serde(default, skip_serializing_if = "Timing::is_usual")]
    pub timing: Timing,
}

/// What the streamer says about a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionDetails {
    /// Its title.
    pub title: Title,
    /// The game being played.
    pub game: Game,
    /// How it allows for how late viewers press.
    pub timing: Timing,
}

impl From<&Session> for SessionDetails {
    fn from(session: &Session) -> Self {
        Self {
            title: session.title.clone(),
            game: session.game.clone(),
            timing: session.timing,
        }
    }
}

/// Whether presses are accepted, and where they go. There is no active status without an open segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", try_from = "StatusFields")]
pub enum Status {
    /// A segment is open, and presses go there.
    Active {
        /// The open segment: 1, 2, 3, ….
        segment: u32,
        /// When it became active.
        start_time: DateTime<Utc>,
    },
    /// No segment is open; not started yet if there was none.
    Paused {
        /// The latest segment.
        last: Option<LastSegment>,
    },
    /// The stream is over.
    Ended {
        /// The latest segment.
        last: Option<LastSegment>,
    },
}

/// A status as it is deserialized: for a tagged enum, serde would buffer all fields until it knew the variant, and that
/// code is larger than all the rest.
#[derive(Deserialize)]
struct StatusFields {
    is: Is,
    segment: Option<u32>,
    #[serde(default, deserialize_with = "utc::maybe_time")]
    start_time: Option<DateTime<Utc>>,
    last: Option<LastSegment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Is {
    Active,
    Paused,
    Ended,
}

impl TryFrom<StatusFields> for Status {
    type Error = &'static str;

    fn try_from(fields: StatusFields) -> Result<Self, Self::Error> {
        match (fields.is, fields.segment, fields.start_time) {
            (Is::Active, Some(segment), Some(start_time)) => Ok(Self::Active {
                segment,
                start_time,
            }),
            (Is::Active, _, _) => Err("An active session has an open segment."),
            (Is::Paused, _, _) => Ok(Self::Paused { last: fields.last }),
            (Is::Ended, _, _) => Ok(Self::Ended { last: fields.last }),
        }
    }
}

/// The latest segment of a session that has no open one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastSegment {
    /// 1, 2, 3, ….
    pub index: u32,
    /// When it was paused or ended.
    #[serde(deserialize_with = "utc::time")]
    pub end_time: DateTime<Utc>,
}

impl Status {
    /// The index of the latest segment, open or not; 0 before the first.
    pub fn segment(&self) -> u32 {
        match self {
            Self::Active { segment, .. } => *segment,
            Self::Paused { last } | Self::Ended { last } => last.map_or(0, |last| last.index),
        }
    }

    /// Whether the first segment is still to come.
    pub fn is_not_started(&self) -> bool {
        matches!(self, Self::Paused { last: None })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::text::Text;

    /// A session that has not started, for other tests to modify.
    pub(crate) fn blank() -> Session {
        Session {
            code: Code::from_random([0; 6]),
            title: Text::parse("Witcher 3").unwrap(),
            game: Text::parse("The Witcher 3").unwrap(),
            status: Status::Paused { last: None },
            timestamp_count: 0,
            rules: Rules::default(),
            labels: Labels::default(),
            timing: Timing::default(),
        }
    }

    #[test]
    fn a_status_is_read_as_it_was_told_and_never_active_without_a_segment() {
        let last = Some(LastSegment {
            index: 2,
            end_time: DateTime::UNIX_EPOCH,
        });
        for (status, json) in [
            (
                Status::Active {
                    segment: 3,
                    start_time: DateTime::UNIX_EPOCH,
                },
                r#"{"is":"active","segment":3,"start_time":"1970-01-01T00:00:00Z"}"#,
            ),
            (
                Status::Paused { last: None },
                r#"{"is":"paused","last":null}"#,
            ),
            (
                Status::Ended { last },
                r#"{"is":"ended","last":{"index":2,"end_time":"1970-01-01T00:00:00Z"}}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&status).unwrap(), json);
            assert_eq!(serde_json::from_str::<Status>(json).unwrap(), status);
        }
        for json in [
            r#"{"is":"active"}"#,
            r#"{"is":"active","segment":1,"last":null}"#,
            r#"{"is":"resting"}"#,
            "{}",
        ] {
            assert!(serde_json::from_str::<Status>(json).is_err(), "{json}");
        }
    }
}
