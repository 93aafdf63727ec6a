//! The body of a request: how long it may be, and how long it may take to arrive.

use std::{error::Error, time::Duration};

use app::{
    domain::{held::MOST_HELD_WORDS, text::HeldWord},
    words::refusals,
};
use axum::{
    body::{self, Body, HttpBody},
    extract::Request,
    http::StatusCode,
};
use http_body_util::LengthLimitError;
use tokio::time::timeout;

/// The longest body of most requests; a press with the longest note and name is far shorter.
const LONGEST_BYTES: usize = 8 * 1024;
/// The longest body with a session's settings: as many filtered words as there can be, each as long as it can be, before and
/// after they were edited, in the longest letters and with what JSON puts around them.
const LONGEST_SETTINGS_BYTES: usize = 2 * MOST_HELD_WORDS * (4 * HeldWord::MAX + 3) + 1024;
/// How long it may take after the head of the request. Short as it is, a slow phone may need a second to send it.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The request with its complete body.
///
/// # Errors
/// A status and its words if the body is too long, too slow, or ends too early. A body whose announced length exceeds the
/// limit is not read.
pub(super) async fn receive(request: Request) -> Result<Request, (StatusCode, &'static str)> {
    let (parts, body) = request.into_parts();
    if body.is_end_stream() {
        return Ok(Request::from_parts(parts, body));
    }
    let longest = match parts.uri.path() {
        "/rpc/set_settings" | "/api/set_settings" => LONGEST_SETTINGS_BYTES,
        _ => LONGEST_BYTES,
    };
    if body.size_hint().lower() > longest as u64 {
        return Err(TOO_LONG);
    }
    match timeout(TIMEOUT, body::to_bytes(body, longest)).await {
        Ok(Ok(bytes)) => Ok(Request::from_parts(parts, Body::from(bytes))),
        Ok(Err(error)) if is_too_long(&error) => Err(TOO_LONG),
        Ok(Err(_)) => Err((StatusCode::BAD_REQUEST, refusals::BROKE_OFF)),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, refusals::TOO_SLOW)),
    }
}

const TOO_LONG: (StatusCode, &str) = (StatusCode::PAYLOAD_TOO_LARGE, refusals::TOO_LONG);

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
