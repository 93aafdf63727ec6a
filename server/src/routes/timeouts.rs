//! How long a caller waits for a response, once the body of the request was received.

use std::{any::Any, time::Duration};

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
use crate::{store::DB_TIMEOUT, supervised};

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
        Ok(Err(failure)) if failure.is_panic() => {
            panicked(failure.into_panic().as_ref(), is_function)
        }
        Ok(Ok(Err(_)) | Err(_)) | Err(_) => error_response(&TIMED_OUT, is_function),
    }
}

/// The response to a request whose handler panicked. A panic costs one response, and is logged.
pub fn panicked(panic: &(dyn Any + Send), is_function: bool) -> Response {
    let panic = supervised::words(panic);
    tracing::error!(panic, "a request panicked");
    error_response(&ServiceError::Internal, is_function)
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

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, body::to_bytes, http::StatusCode, middleware, routing::post};
    use tower::ServiceExt;

    use super::*;

    async fn broken() {
        panic!("a fault");
    }

    #[tokio::test]
    async fn a_panic_is_told_to_each_caller_in_their_own_format_and_words() {
        let router = Router::new()
            .route("/rpc/submit", post(broken))
            .route("/api/submit", post(broken))
            .route("/s/{code}", post(broken))
            .layer(middleware::from_fn(with_timeouts));
        let words = errors::error(&ServiceError::Internal);
        for (path, said) in [
            ("/rpc/submit", r#"{"error":"broken"}"#),
            ("/api/submit", r#"{"error":"broken"}"#),
            ("/s/000000", &words),
        ] {
            let request = Request::post(path).body(Body::empty()).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR, "{path}");
            let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            assert_eq!(String::from_utf8_lossy(&body), said, "{path}");
        }
    }
}
