//! Timeouts: for receiving a request, and for waiting for the database.

use std::{error::Error, panic::resume_unwind, time::Duration};

use app::{
    service::ServiceError,
    words::{errors, refusals},
};
use axum::{
    Json,
    body::{self, Body, HttpBody},
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::LengthLimitError;
use tokio::time::timeout;
use tower_http::csrf::ProtectionError;
use tracing::Instrument;

use super::error_response::with_error_status;
use crate::store::DB_TIMEOUT;

/// How long the body of a request may take after its head. Bodies are short (8 KiB at most), so a slow phone needs a
/// second.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a caller waits for the head of a response. An unreachable database reports nothing, and people should be told.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(2_500);
/// Seconds until a caller may retry after a timeout.
const RETRY_AFTER_SECONDS: u16 = 2;

/// Reads the entire body, and answers 503 if the rest takes too long. The work continues after that response: like a caller
/// who hangs up, it cancels no transaction half-way.
pub async fn with_timeouts(request: Request, next: Next) -> Response {
    let request = match read_body(request).await {
        Ok(request) => request,
        Err(error) => return error.into_response(),
    };
    let path = request.uri().path();
    let is_function = path.starts_with("/rpc/") || path.starts_with("/api/");
    let answering = timeout(DB_TIMEOUT, next.run(request)).in_current_span();
    match timeout(RESPONSE_TIMEOUT, tokio::spawn(answering)).await {
        // The layer for cross-site requests leaves the cause, but no message.
        Ok(Ok(Ok(answer))) if answer.extensions().get::<ProtectionError>().is_some() => {
            error_response(&ServiceError::OtherSite, is_function)
        }
        Ok(Ok(Ok(answer))) => answer,
        // Logged and answered by the layer around all routes.
        Ok(Err(failure)) if failure.is_panic() => resume_unwind(failure.into_panic()),
        Ok(Ok(Err(_)) | Err(_)) | Err(_) => error_response(&TIMED_OUT, is_function),
    }
}

/// The result, if it arrives before the caller's timeout.
///
/// # Errors
/// `ServiceError::Unavailable` if it doesn't.
pub async fn with_response_timeout<T>(
    answer: impl Future<Output = Result<T, ServiceError>>,
) -> Result<T, ServiceError> {
    timeout(RESPONSE_TIMEOUT, answer)
        .await
        .unwrap_or(Err(TIMED_OUT))
}

/// The error for a response that did not arrive in time.
const TIMED_OUT: ServiceError = ServiceError::Unavailable {
    seconds: RETRY_AFTER_SECONDS,
};

/// The request with its complete body, or why there is none.
async fn read_body(request: Request) -> Result<Request, (StatusCode, &'static str)> {
    let (parts, body) = request.into_parts();
    if body.is_end_stream() {
        return Ok(Request::from_parts(parts, body));
    }
    // The layer around all routes limits its length.
    match timeout(BODY_TIMEOUT, body::to_bytes(body, usize::MAX)).await {
        Ok(Ok(bytes)) => Ok(Request::from_parts(parts, Body::from(bytes))),
        Ok(Err(error)) if is_too_long(&error) => {
            Err((StatusCode::PAYLOAD_TOO_LARGE, refusals::TOO_LONG))
        }
        Ok(Err(_)) => Err((StatusCode::BAD_REQUEST, refusals::BROKE_OFF)),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, refusals::TOO_SLOW)),
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// An error in the format of server functions, or as text.
fn error_response(error: &ServiceError, is_function: bool) -> Response {
    let answer = if is_function {
        Json(error).into_response()
    } else {
        errors::error(error).into_response()
    };
    with_error_status(error, answer)
}
