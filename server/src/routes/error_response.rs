//! Errors as HTTP responses.

use app::{
    service::ServiceError,
    words::{errors, refusals},
};
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    limit_exceeded::LimitExceeded,
    status::{status, status_of_limit},
};

/// An error response: its status and its message.
#[derive(Debug)]
pub struct ErrorResponse(ServiceError);

impl<E: Into<ServiceError>> From<E> for ErrorResponse {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ErrorResponse {
    fn into_response(self) -> Response {
        with_error_status(&self.0, errors::error(&self.0).into_response())
    }
}

/// The same response with the status of this error, and with `Retry-After` if it has a delay.
pub(super) fn with_error_status(error: &ServiceError, mut response: Response) -> Response {
    *response.status_mut() = status(error);
    if let Some(seconds) = error.wait_seconds() {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// The response for a page that can't have a live stream now.
pub(super) fn too_many_streams(exceeded: LimitExceeded) -> Response {
    let seconds = exceeded.seconds();
    let words = match exceeded {
        LimitExceeded::Server => refusals::server_full(seconds),
        LimitExceeded::Session => refusals::session_full(seconds),
        LimitExceeded::ClientNetwork => refusals::network_full(seconds),
        LimitExceeded::Visitor => refusals::browser_full(seconds),
    };
    (
        status_of_limit(exceeded),
        [(header::RETRY_AFTER, seconds.to_string())],
        words,
    )
        .into_response()
}

/// The response for a file in a format that there is none of.
pub(super) fn unknown_format() -> Response {
    (StatusCode::NOT_FOUND, refusals::unknown_format()).into_response()
}

/// The response for a page of another site.
pub(super) fn cross_site() -> Response {
    (StatusCode::FORBIDDEN, refusals::CROSS_SITE).into_response()
}
