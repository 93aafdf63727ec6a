//! Presses: what became of them.

use app::{clips::ClipsError, domain::press::PressRefused};
use prometheus_client::{metrics::counter::Counter, registry::Registry};

use super::label::{Label, PerLabel};
use crate::store::{Answer, Recording};

/// What became of presses.
pub(crate) struct Presses {
    accepted: Counter,
    repeated: Counter,
    refused: PerLabel<Reason, Counter>,
}

impl Presses {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let (accepted, repeated) = (Counter::default(), Counter::default());
        registry.register(
            "presses_accepted",
            "Presses that were recorded",
            accepted.clone(),
        );
        registry.register(
            "presses_repeated",
            "Presses that were sent again, and got their first answer",
            repeated.clone(),
        );
        Self {
            accepted,
            repeated,
            refused: PerLabel::register(
                registry,
                "presses_refused",
                "Presses that were refused",
                Counter::default,
            ),
        }
    }

    /// Counts a press by its answer.
    pub(crate) fn answered(&self, answer: &Answer) {
        match answer {
            Ok(Recording { is_new: true, .. }) => {
                self.accepted.inc();
            }
            Ok(Recording { is_new: false, .. }) => {
                self.repeated.inc();
            }
            Err(error) => self.refused(error),
        }
    }

    /// Counts a press that was refused.
    pub(crate) fn refused(&self, error: &ClipsError) {
        self.refused.of(Reason::of(error)).inc();
    }
}

/// Why a press was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    NotStarted,
    Paused,
    Ended,
    MomentInPause,
    NameMissing,
    WaitedTooLong,
    NotFound,
    RateLimited,
    Conflict,
    /// The queue is full, or the database is away.
    Unavailable,
    Internal,
    Other,
}

impl Label for Reason {
    const NAME: &'static str = "reason";
    const ALL: &'static [Self] = &[
        Self::NotStarted,
        Self::Paused,
        Self::Ended,
        Self::MomentInPause,
        Self::NameMissing,
        Self::WaitedTooLong,
        Self::NotFound,
        Self::RateLimited,
        Self::Conflict,
        Self::Unavailable,
        Self::Internal,
        Self::Other,
    ];

    fn value(self) -> &'static str {
        match self {
            Self::NotStarted => "not_started",
            Self::Paused => "paused",
            Self::Ended => "ended",
            Self::MomentInPause => "moment_in_pause",
            Self::NameMissing => "name_missing",
            Self::WaitedTooLong => "waited_too_long",
            Self::NotFound => "not_found",
            Self::RateLimited => "rate_limited",
            Self::Conflict => "conflict",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
            Self::Other => "other",
        }
    }
}

impl Reason {
    fn of(error: &ClipsError) -> Self {
        match error {
            ClipsError::Press(PressRefused::NotStarted) => Self::NotStarted,
            ClipsError::Press(PressRefused::Paused) => Self::Paused,
            ClipsError::Press(PressRefused::Ended) => Self::Ended,
            ClipsError::Press(PressRefused::MomentInPause) => Self::MomentInPause,
            ClipsError::Press(PressRefused::NameMissing) => Self::NameMissing,
            ClipsError::Press(PressRefused::WaitedTooLong) => Self::WaitedTooLong,
            ClipsError::NotFound => Self::NotFound,
            ClipsError::TooMany { .. } => Self::RateLimited,
            ClipsError::Conflict => Self::Conflict,
            ClipsError::Busy { .. } | ClipsError::Away => Self::Unavailable,
            ClipsError::Broken => Self::Internal,
            // Nothing of this is an answer to a press.
            ClipsError::Forbidden(_)
            | ClipsError::DeadLink
            | ClipsError::TooManyLinks
            | ClipsError::Act(_)
            | ClipsError::OtherAct
            | ClipsError::NoTimestamp
            | ClipsError::NoModeration
            | ClipsError::Edited { .. }
            | ClipsError::EditedSince
            | ClipsError::Staff
            | ClipsError::OtherSite
            | ClipsError::Invalid(_) => Self::Other,
        }
    }
}
