//! The outcome of a press, and for how long it is worth showing.

use super::outbox::{Delivery, PendingPress, lacks_name};
use crate::{
    domain::{
        press::PressRefused,
        session::Status,
        stream_command::ActRefused,
        text::Note,
        timestamp::{Timestamp, TimestampId},
    },
    service::ServiceError,
};

/// The outcome of a press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PressOutcome {
    /// The server has it.
    Saved(Timestamp),
    /// The server could not accept it now, or could not be reached; it is kept.
    Waiting,
    /// There were too many in a short time; it is kept. How long it waits depends on those that wait ahead of it, so nobody is
    /// told.
    TooMany,
    /// The session asks for a name; what has none is kept until there is one.
    Nameless {
        /// How many presses that are.
        presses: usize,
    },
    /// Its author has taken it back.
    TakenBack(TimestampId),
    /// The server refused.
    Refused {
        /// Why.
        error: ServiceError,
        /// What the viewer had said about the moment.
        note: Option<Note>,
    },
}

impl PressOutcome {
    /// The outcome to report for a press that is kept after this error; `nameless` is how many wait for a name now.
    pub fn kept_after(error: &ServiceError, nameless: usize) -> Self {
        if let ServiceError::RateLimited { .. } = error {
            Self::TooMany
        } else if lacks_name(error) {
            Self::Nameless { presses: nameless }
        } else {
            Self::Waiting
        }
    }

    /// Whether it says that what was typed can't be sent: that is over with the next keystroke.
    pub fn is_objection(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                error: ServiceError::Invalid(_) | ServiceError::Press(PressRefused::NameMissing),
                ..
            }
        )
    }

    /// Whether it says that this press is saved.
    pub fn says_saved(&self, id: TimestampId) -> bool {
        matches!(self, Self::Saved(timestamp) if timestamp.id == id)
    }

    /// Whether it is still worth reporting after the status has changed to this one: success as long as the segment lasts,
    /// a refusal as long as its cause.
    pub fn holds(&self, status: &Status) -> bool {
        match (self, status) {
            (Self::Saved(timestamp), Status::Active { segment, .. }) => {
                *segment == timestamp.segment_index
            }
            (Self::TakenBack(_), _)
            | (Self::Saved(_), Status::Paused { .. } | Status::Ended { .. })
            | (Self::Waiting | Self::TooMany | Self::Nameless { .. }, Status::Ended { .. }) => {
                false
            }
            (
                Self::Waiting | Self::TooMany | Self::Nameless { .. },
                Status::Active { .. } | Status::Paused { .. },
            ) => true,
            (Self::Refused { error, .. }, status) => refusal_holds(error, status),
        }
    }
}

/// Whether the cause of a refusal still exists at this status.
pub fn refusal_holds(error: &ServiceError, status: &Status) -> bool {
    match error {
        ServiceError::Press(PressRefused::NotStarted) => status.is_not_started(),
        ServiceError::Press(PressRefused::Paused) => {
            matches!(status, Status::Paused { last: Some(_) })
        }
        ServiceError::Press(PressRefused::Ended) => matches!(status, Status::Ended { .. }),
        ServiceError::Act(ActRefused::NotNow { button, .. }) => !status.allowed().contains(button),
        ServiceError::Act(ActRefused::BeganTooEarly { .. } | ActRefused::BeganTooLongAgo) => {
            matches!(status, Status::Paused { .. })
        }
        ServiceError::Act(ActRefused::Stale { .. } | ActRefused::TooManySegments)
        | ServiceError::Press(
            PressRefused::MomentInPause
            | PressRefused::WaitedTooLong
            | PressRefused::NameMissing
            | PressRefused::TooLateToChange,
        )
        | ServiceError::NotFound
        | ServiceError::Forbidden(_)
        | ServiceError::InvalidLink
        | ServiceError::TooManyLinks
        | ServiceError::SessionActive
        | ServiceError::Conflict
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
        | ServiceError::Invalid(_)
        | ServiceError::Unavailable { .. }
        | ServiceError::RateLimited { .. }
        | ServiceError::Unreachable
        | ServiceError::RefusedOnTheWay
        | ServiceError::Internal => true,
    }
}

/// Whether a press that is not saved has a line of its own below the button: one that was refused at once has none if there
/// is nothing to report but the refusal.
pub fn has_own_line(press: &PendingPress) -> bool {
    match &press.delivery {
        Delivery::Refused(error) => press.note.is_some() || is_about_its_moment(error),
        Delivery::Sending | Delivery::Waiting | Delivery::Resending | Delivery::Nameless => true,
    }
}

/// Whether it was refused for a moment that has passed: its note belongs to that moment, and not to the next press.
pub fn is_about_its_moment(error: &ServiceError) -> bool {
    matches!(
        error,
        ServiceError::Press(PressRefused::MomentInPause | PressRefused::WaitedTooLong)
    )
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{offset::Offset, revision::Revision, session::LastSegment};

    /// Not started, active, paused, active again, ended.
    fn stream() -> [Status; 5] {
        let start_time = DateTime::UNIX_EPOCH;
        let last = Some(LastSegment {
            index: 1,
            end_time: start_time,
        });
        let active = |segment| Status::Active {
            segment,
            start_time,
        };
        [
            Status::Paused { last: None },
            active(1),
            Status::Paused { last },
            active(2),
            Status::Ended { last },
        ]
    }

    fn holds(outcome: &PressOutcome) -> [bool; 5] {
        stream().map(|status| outcome.holds(&status))
    }

    fn refused(why: PressRefused) -> PressOutcome {
        PressOutcome::Refused {
            error: ServiceError::Press(why),
            note: None,
        }
    }

    #[test]
    fn a_refusal_lasts_as_long_as_its_cause() {
        for (why, while_it_holds) in [
            (PressRefused::NotStarted, [true, false, false, false, false]),
            (PressRefused::Paused, [false, false, true, false, false]),
            (PressRefused::Ended, [false, false, false, false, true]),
            (PressRefused::MomentInPause, [true; 5]),
        ] {
            assert_eq!(holds(&refused(why.clone())), while_it_holds, "{why:?}");
        }
    }

    #[test]
    fn a_name_is_asked_for_until_the_end() {
        let nameless = ServiceError::Press(PressRefused::NameMissing);
        let asked = PressOutcome::kept_after(&nameless, 3);
        assert_eq!(asked, PressOutcome::Nameless { presses: 3 });
        assert_eq!(holds(&asked), [true, true, true, true, false]);
    }

    #[test]
    fn praise_lasts_as_long_as_the_segment() {
        let saved = PressOutcome::Saved(Timestamp {
            id: TimestampId(Uuid::nil()),
            segment_index: 1,
            offset_seconds: Offset(4),
            note: None,
            submitted_by: None,
            label: None,
            created_at: DateTime::UNIX_EPOCH,
            arrival: Revision(1),
            revision: Revision(1),
            hidden: false,
            held: false,
            mine: true,
        });
        assert_eq!(holds(&saved), [false, true, false, false, false]);
        let [its_own, another] = [0, 1].map(|n| TimestampId(Uuid::from_u128(n)));
        assert!(saved.says_saved(its_own) && !saved.says_saved(another));
    }

    #[test]
    fn what_is_said_of_a_press_that_was_taken_back_goes_with_the_next_change() {
        let taken_back = PressOutcome::TakenBack(TimestampId(Uuid::nil()));
        assert_eq!(holds(&taken_back), [false; 5]);
        assert!(!taken_back.says_saved(TimestampId(Uuid::nil())));
    }
}
