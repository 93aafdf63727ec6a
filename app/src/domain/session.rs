//! A session and its status, as every page sees them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    code::Code,
    rules::Rules,
    text::{Game, Title},
};

/// One stream that viewers mark moments in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// What viewers type.
    pub code: Code,
    /// What it is called.
    pub title: Title,
    /// What is played.
    pub game: Game,
    /// Whether presses are accepted, and where they go.
    pub status: Status,
    /// How many timestamps it has, hidden ones not counted.
    pub timestamp_count: u32,
    /// How it is set.
    #[serde(default, skip_serializing_if = "Rules::is_open")]
    pub rules: Rules,
}

/// Whether presses are accepted, and where they go. Active without an open segment does not exist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Status {
    /// A segment is open, and presses go there.
    Active {
        /// The open segment: 1, 2, 3, ….
        segment: u32,
        /// When it became active.
        start_time: DateTime<Utc>,
    },
    /// No segment is open; not started yet when there was none.
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

/// The latest segment of a session that has no open one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastSegment {
    /// 1, 2, 3, ….
    pub index: u32,
    /// When it was paused or ended.
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
