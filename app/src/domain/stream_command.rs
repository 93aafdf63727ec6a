//! Stream commands: the buttons that change a session's status, and what each status allows.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    half_width::plain_number,
    role::Right,
    session::{LastSegment, Status},
};

#[cfg(test)]
mod tests;

/// One press of a streamer's button. Each carries the index of the latest segment that the page showed (0: none), so that a
/// stale tab can't close a segment that it doesn't show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum StreamCommand {
    /// Opens the first segment.
    Start {
        /// How many minutes ago the stream really began.
        began_minutes_ago: u32,
    },
    /// Closes the open segment.
    Pause {
        /// The segment that the page showed.
        segment: u32,
    },
    /// Opens the next segment.
    Resume {
        /// The latest segment that the page showed.
        segment: u32,
        /// How many minutes ago the stream really resumed.
        began_minutes_ago: u32,
    },
    /// Ends the session, and closes the open segment.
    End {
        /// The latest segment that the page showed.
        segment: u32,
    },
    /// Reverts an End by mistake; the session is paused then.
    Reopen {
        /// The latest segment that the page showed.
        segment: u32,
    },
}

/// The minutes that somebody typed for how long ago a stream began: nothing means now. `None` if it is no whole number.
pub fn typed_minutes(typed: &str) -> Option<u32> {
    match plain_number(typed).as_str() {
        "" => Some(0),
        minutes => minutes.parse().ok(),
    }
}

/// What must be written for a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// Nothing: it is already done.
    Nothing,
    /// Open this segment, and become active.
    Open {
        /// 1, 2, 3, ….
        index: u32,
        /// When it began.
        start_time: DateTime<Utc>,
    },
    /// Close the open segment, and become paused.
    Pause,
    /// Close the open segment if there is one, and become ended.
    End,
    /// Become paused again.
    Reopen,
}

/// One of the streamer's buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the act of the same name")]
pub enum Button {
    Start,
    Pause,
    Resume,
    End,
    Reopen,
}

/// Why a command was refused, and what is allowed now.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case", try_from = "RefusedFields")]
pub enum ActRefused {
    /// The status doesn't allow it.
    #[error("{button:?} is not allowed in this status: {status:?}")]
    NotNow {
        /// What was pressed.
        button: Button,
        /// The status of the stream, which determines what can be pressed instead.
        status: Status,
    },
    /// The page showed an older segment.
    #[error("the page showed segment {shown}, the latest is {latest}")]
    Stale {
        /// The segment that the page showed.
        shown: u32,
        /// The latest one.
        latest: u32,
    },
    /// "I began N minutes ago" overlaps the previous segment.
    #[error("the segment before ended {at_most} minutes ago")]
    BeganTooEarly {
        /// The most minutes that are possible.
        at_most: u32,
    },
    /// "I began N minutes ago" is longer than a day.
    #[error("the segment began more than {MOST_MINUTES_AGO} minutes ago")]
    BeganTooLongAgo,
    /// The session already has the most segments allowed.
    #[error("the session has {MOST_SEGMENTS} segments")]
    TooManySegments,
}

/// A refusal as it is deserialized; see `StatusFields`.
#[derive(Deserialize)]
struct RefusedFields {
    why: Why,
    button: Option<Button>,
    status: Option<Status>,
    shown: Option<u32>,
    latest: Option<u32>,
    at_most: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Why {
    NotNow,
    Stale,
    BeganTooEarly,
    BeganTooLongAgo,
    TooManySegments,
}

impl TryFrom<RefusedFields> for ActRefused {
    type Error = &'static str;

    fn try_from(fields: RefusedFields) -> Result<Self, Self::Error> {
        let refused = match fields.why {
            Why::NotNow => fields
                .button
                .zip(fields.status)
                .map(|(button, status)| Self::NotNow { button, status }),
            Why::Stale => fields
                .shown
                .zip(fields.latest)
                .map(|(shown, latest)| Self::Stale { shown, latest }),
            Why::BeganTooEarly => fields
                .at_most
                .map(|at_most| Self::BeganTooEarly { at_most }),
            Why::BeganTooLongAgo => Some(Self::BeganTooLongAgo),
            Why::TooManySegments => Some(Self::TooManySegments),
        };
        refused.ok_or("The refusal lacks what it is about.")
    }
}

/// The most segments of a session: one every minute for a long day. Pages and moderators' lists load all of them.
pub const MOST_SEGMENTS: u32 = 1_000;

/// The most minutes for "I began N minutes ago": one day.
pub const MOST_MINUTES_AGO: u32 = 24 * 60;

impl StreamCommand {
    /// The right that the command requires.
    pub fn right(self) -> Right {
        match self {
            Self::Pause { .. } | Self::Resume { .. } => Right::Pause,
            Self::Start { .. } | Self::End { .. } | Self::Reopen { .. } => Right::Control,
        }
    }

    /// The button of this command.
    pub fn button(self) -> Button {
        match self {
            Self::Start { .. } => Button::Start,
            Self::Pause { .. } => Button::Pause,
            Self::Resume { .. } => Button::Resume,
            Self::End { .. } => Button::End,
            Self::Reopen { .. } => Button::Reopen,
        }
    }

    /// The latest segment that the page showed.
    fn shown(self) -> u32 {
        match self {
            Self::Start { .. } => 0,
            Self::Pause { segment }
            | Self::Resume { segment, .. }
            | Self::End { segment }
            | Self::Reopen { segment } => segment,
        }
    }
}

impl Status {
    /// The buttons that this status allows.
    pub fn allowed(&self) -> Vec<Button> {
        match self {
            Self::Active { .. } => vec![Button::Pause, Button::End],
            Self::Paused { last: None } => vec![Button::Start, Button::End],
            Self::Paused { last: Some(_) } => vec![Button::Resume, Button::End],
            Self::Ended { .. } => vec![Button::Reopen],
        }
    }

    /// What a command means in this status.
    ///
    /// Repeating what is already done is no error: the second of two tabs finds the stream in the state it wanted.
    ///
    /// # Errors
    /// `ActRefused`, which says what is allowed now.
    pub fn decide(&self, act: StreamCommand, now: DateTime<Utc>) -> Result<Transition, ActRefused> {
        let shown = act.shown();
        let latest = self.segment();
        if self.is_noop(act) {
            return Ok(Transition::Nothing);
        }
        if !self.allowed().contains(&act.button()) {
            return Err(ActRefused::NotNow {
                button: act.button(),
                status: self.clone(),
            });
        }
        if shown != latest {
            return Err(ActRefused::Stale { shown, latest });
        }
        match act {
            StreamCommand::Start { began_minutes_ago }
            | StreamCommand::Resume {
                began_minutes_ago, ..
            } if latest < MOST_SEGMENTS => Ok(Transition::Open {
                index: latest + 1,
                start_time: self.start_time(began_minutes_ago, now)?,
            }),
            StreamCommand::Start { .. } | StreamCommand::Resume { .. } => {
                Err(ActRefused::TooManySegments)
            }
            StreamCommand::Pause { .. } => Ok(Transition::Pause),
            StreamCommand::End { .. } => Ok(Transition::End),
            StreamCommand::Reopen { .. } => Ok(Transition::Reopen),
        }
    }

    /// Whether the session is already in the state that the command asks for.
    pub fn is_noop(&self, act: StreamCommand) -> bool {
        let shown = act.shown();
        match (act.button(), self) {
            (Button::Start | Button::Resume, Self::Active { segment, .. }) => {
                shown.checked_add(1) == Some(*segment)
            }
            (Button::Pause, Self::Paused { last }) => last.is_some_and(|last| last.index >= shown),
            (Button::End, Self::Ended { .. })
            | (Button::Reopen, Self::Paused { last: Some(_) }) => true,
            (Button::Reopen, Self::Paused { last: None }) => shown == 0,
            (Button::Start | Button::Resume, Self::Paused { .. } | Self::Ended { .. })
            | (Button::Pause | Button::Reopen, Self::Active { .. } | Self::Ended { .. })
            | (Button::End, Self::Active { .. } | Self::Paused { .. }) => false,
        }
    }

    /// When a new segment begins: N minutes ago, but never before the end of the previous one.
    fn start_time(
        &self,
        began_minutes_ago: u32,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, ActRefused> {
        if began_minutes_ago > MOST_MINUTES_AGO {
            return Err(ActRefused::BeganTooLongAgo);
        }
        let start = now - TimeDelta::minutes(i64::from(began_minutes_ago));
        match self {
            Self::Paused {
                last: Some(LastSegment { end_time, .. }),
            } if start < *end_time => {
                // The clock may have been set back since: "now" is still no error.
                if began_minutes_ago == 0 {
                    return Ok(*end_time);
                }
                let at_most = (now - *end_time).num_minutes().max(0);
                Err(ActRefused::BeganTooEarly {
                    at_most: u32::try_from(at_most).unwrap_or(u32::MAX),
                })
            }
            Self::Active { .. } | Self::Paused { .. } | Self::Ended { .. } => Ok(start),
        }
    }
}
