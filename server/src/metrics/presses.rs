//! Metrics of presses: accepted, repeated and refused.

use app::{domain::press::PressRefused, service::ServiceError};
use prometheus_client::{metrics::counter::Counter, registry::Registry};

use super::{
    export::exported,
    label::{Label, PerLabel},
};

/// The metrics of presses.
pub(crate) struct Presses {
    accepted: Counter,
    repeated: Counter,
    refused: PerLabel<Reason, Counter>,
}

impl Presses {
    pub(super) fn register(registry: &mut Registry) -> Self {
        Self {
            accepted: exported(
                registry,
                "presses_accepted",
                "Presses that were recorded",
                Counter::default(),
            ),
            repeated: exported(
                registry,
                "presses_repeated",
                "Presses that were sent again, and got their first answer",
                Counter::default(),
            ),
            refused: PerLabel::register(
                registry,
                "presses_refused",
                "Presses that were refused",
                Counter::default,
            ),
        }
    }

    /// Counts a press by its answer; if it is recorded, `is_new` says whether just now.
    pub(crate) fn answered(&self, is_new: Result<bool, &ServiceError>) {
        match is_new {
            Ok(true) => {
                self.accepted.inc();
            }
            Ok(false) => {
                self.repeated.inc();
            }
            Err(error) => self.refused(error),
        }
    }

    /// Counts a refused press.
    pub(crate) fn refused(&self, error: &ServiceError) {
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
    /// The queue is full, or the database can't be reached.
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
    fn of(error: &ServiceError) -> Self {
        match error {
            ServiceError::Press(PressRefused::NotStarted) => Self::NotStarted,
            ServiceError::Press(PressRefused::Paused) => Self::Paused,
            ServiceError::Press(PressRefused::Ended) => Self::Ended,
            ServiceError::Press(PressRefused::MomentInPause) => Self::MomentInPause,
            ServiceError::Press(PressRefused::NameMissing) => Self::NameMissing,
            ServiceError::Press(PressRefused::WaitedTooLong) => Self::WaitedTooLong,
            ServiceError::NotFound => Self::NotFound,
            ServiceError::RateLimited { .. } => Self::RateLimited,
            ServiceError::Conflict => Self::Conflict,
            ServiceError::Unavailable { .. } | ServiceError::Unreachable => Self::Unavailable,
            ServiceError::Internal => Self::Internal,
            // None of these is an answer to a press.
            ServiceError::Press(PressRefused::TooLateToChange)
            | ServiceError::Forbidden(_)
            | ServiceError::InvalidLink
            | ServiceError::TooManyLinks
            | ServiceError::Act(_)
            | ServiceError::SessionActive
            | ServiceError::ModerationConflict
            | ServiceError::NoTimestamp
            | ServiceError::NoMoment
            | ServiceError::NoModeration
            | ServiceError::Edited { .. }
            | ServiceError::TitleEdited { .. }
            | ServiceError::ClipEdited { .. }
            | ServiceError::StateEdited(_)
            | ServiceError::RangeEdited { .. }
            | ServiceError::EditedSince
            | ServiceError::TargetIsStaff
            | ServiceError::OtherSite
            | ServiceError::RefusedOnTheWay
            | ServiceError::Invalid(_) => Self::Other,
        }
    }
}
