//! How long a caller waits for a response, once the body of the request was received.

use std::{panic::resume_unwind, time::Duration};

use app::{service::ServiceError, words::errors};
use axum::{
    Json,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::timeout;
use tower_http::csrf::ProtectionError;
use tracing::Instrument;

use super::{error_response::with_error_status, request_body};
use crate::store::DB_TIMEOUT;

/// How long a caller waits for the head of a response. An unreachable database reports nothing, and people should be told.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(2_500);
/// How long the work for a page or a plain form may take: less, so that people get a page that says so, with what they
/// typed, and not bare text.
const PAGE_TIMEOUT: Duration = Duration::from_millis(2_250);
/// Seconds until a caller may retry after a timeout.
const RETRY_AFTER_SECONDS: u16 = 2;

/// Reads the entire body, and answers 503 if the rest takes too long. The work continues after that response: like a caller
/// who hangs up, it cancels no transaction half-way.
pub async fn with_timeouts(request: Request, next: Next) -> Response {
    let request = match request_body::receive(request).await {
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

/// The result, if it arrives in time for a response that says otherwise.
///
/// # Errors
/// `ServiceError::Unavailable` if it doesn't.
pub async fn with_response_timeout<T>(
    answer: impl Future<Output = Result<T, ServiceError>>,
) -> Result<T, ServiceError> {
    timeout(PAGE_TIMEOUT, answer)
        .await
        .unwrap_or(Err(TIMED_OUT))
}

/// The error for a response that did not arrive in time.
const TIMED_OUT: ServiceError = ServiceError::Unavailable {
    seconds: RETRY_AFTER_SECONDS,
};

/// An error in the format of server functions, or as text.
fn error_response(error: &ServiceError, is_function: bool) -> Response {
    let answer = if is_function {
        Json(error).into_response()
    } else {
        errors::error(error).into_response()
    };
    with_error_status(error, answer)
}
