//! The only map from an error to an HTTP status.

use app::{clips::ClipsError, domain::press::PressRefused};
use axum::http::StatusCode;

use crate::hub::Full;

/// The HTTP status that says the same as this error.
pub fn status(error: &ClipsError) -> StatusCode {
    match error {
        ClipsError::NotFound | ClipsError::NoTimestamp | ClipsError::NoModeration => {
            StatusCode::NOT_FOUND
        }
        ClipsError::Forbidden(_) | ClipsError::DeadLink | ClipsError::OtherSite => {
            StatusCode::FORBIDDEN
        }
        ClipsError::Press(PressRefused::WaitedTooLong | PressRefused::NameMissing)
        | ClipsError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        ClipsError::Press(_)
        | ClipsError::Act(_)
        | ClipsError::TooManyLinks
        | ClipsError::Conflict
        | ClipsError::OtherAct
        | ClipsError::Edited { .. }
        | ClipsError::EditedSince
        | ClipsError::Staff => StatusCode::CONFLICT,
        ClipsError::Busy { .. } | ClipsError::Away => StatusCode::SERVICE_UNAVAILABLE,
        ClipsError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        ClipsError::Broken => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The HTTP status of a live stream that there is no room for.
pub fn status_without_room(full: Full) -> StatusCode {
    match full {
        Full::Server | Full::Session => StatusCode::SERVICE_UNAVAILABLE,
        Full::Network | Full::Visitor => StatusCode::TOO_MANY_REQUESTS,
    }
}
