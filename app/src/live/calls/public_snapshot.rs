//! Reads the public snapshot of a session, whose bytes are the same for everybody and cached by the browser. Browser only.

use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use crate::{
    domain::{code::Code, snapshot::Snapshot},
    json,
    service::ServiceError,
};

/// Seconds to wait if the server asks to but does not say for how long.
const WAIT_SECONDS: u16 = 5;

/// The public snapshot of a session.
///
/// # Errors
/// What the server says, or `ServiceError::Unreachable` where it can't be reached or its answer can't be read.
pub(crate) async fn snapshot(code: &Code) -> Result<Snapshot, ServiceError> {
    let answer = fetch(&format!("/s/{code}/snapshot")).await;
    let answer = answer.map_err(|_| ServiceError::Unreachable)?;
    let json = text(&answer).await.map_err(|_| ServiceError::Unreachable)?;
    let json = json.unwrap_or_default();
    match answer.status() {
        200 => json::read(&json).ok_or(ServiceError::Unreachable),
        status => Err(refusal(status, &json, wait(&answer))),
    }
}

/// Why there is no snapshot. Of the statuses alone, only those count that ask to wait: a 404 may be that of a proxy whose
/// server restarts, and would end the page for good.
fn refusal(status: u16, json: &str, seconds: u16) -> ServiceError {
    json::read(json).unwrap_or(match status {
        429 => ServiceError::RateLimited {
            seconds,
            action: None,
        },
        503 => ServiceError::Unavailable { seconds },
        _ => ServiceError::Unreachable,
    })
}

async fn fetch(address: &str) -> Result<Response, JsValue> {
    JsFuture::from(window().fetch_with_str(address))
        .await?
        .dyn_into()
}

async fn text(answer: &Response) -> Result<Option<String>, JsValue> {
    Ok(JsFuture::from(answer.text()?).await?.as_string())
}

fn wait(answer: &Response) -> u16 {
    let told = answer.headers().get("retry-after").ok().flatten();
    told.and_then(|seconds| seconds.parse().ok())
        .unwrap_or(WAIT_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_gone_only_if_the_server_itself_says_so() {
        let said = json::write(&ServiceError::NotFound);
        assert_eq!(refusal(404, &said, 5), ServiceError::NotFound);
        for foreign in ["404 page not found", "<html></html>", ""] {
            assert_eq!(refusal(404, foreign, 5), ServiceError::Unreachable);
        }
    }

    #[test]
    fn whoever_asks_to_wait_is_waited_for() {
        let busy = ServiceError::Unavailable { seconds: 7 };
        assert_eq!(refusal(503, "try later", 7), busy);
        let too_many = ServiceError::RateLimited {
            seconds: 7,
            action: None,
        };
        assert_eq!(refusal(429, "too many", 7), too_many);
    }
}
