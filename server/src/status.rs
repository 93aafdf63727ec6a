//! The only mapping from errors to HTTP statuses.

use app::{domain::press::PressRefused, service::ServiceError};
use axum::http::StatusCode;

use crate::limit_exceeded::LimitExceeded;

/// The HTTP status for this error.
pub fn status(error: &ServiceError) -> StatusCode {
    match error {
        ServiceError::NotFound
        | ServiceError::NoTimestamp
        | ServiceError::NoMoment
        | ServiceError::NoModeration => StatusCode::NOT_FOUND,
        ServiceError::Forbidden(_) | ServiceError::InvalidLink | ServiceError::OtherSite => {
            StatusCode::FORBIDDEN
        }
        ServiceError::Press(PressRefused::WaitedTooLong | PressRefused::NameMissing)
        | ServiceError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        ServiceError::Press(_)
        | ServiceError::Act(_)
        | ServiceError::SessionActive
        | ServiceError::TooManyLinks
        | ServiceError::Conflict
        | ServiceError::ModerationConflict
        | ServiceError::Edited { .. }
        | ServiceError::TitleEdited { .. }
        | ServiceError::ClipEdited { .. }
        | ServiceError::StateEdited(_)
        | ServiceError::RangeEdited { .. }
        | ServiceError::EditedSince
        | ServiceError::TargetIsStaff => StatusCode::CONFLICT,
        ServiceError::Unavailable { .. }
        | ServiceError::Unreachable
        | ServiceError::RefusedOnTheWay => StatusCode::SERVICE_UNAVAILABLE,
        ServiceError::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
        ServiceError::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The HTTP status for a live stream that exceeds a limit.
pub fn status_of_limit(exceeded: LimitExceeded) -> StatusCode {
    match exceeded {
        LimitExceeded::Server | LimitExceeded::Session => StatusCode::SERVICE_UNAVAILABLE,
        LimitExceeded::ClientNetwork | LimitExceeded::Visitor => StatusCode::TOO_MANY_REQUESTS,
    }
}
