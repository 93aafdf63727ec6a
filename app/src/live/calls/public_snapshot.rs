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
/// `ServiceError::NotFound`, `ServiceError::RateLimited`, `ServiceError::Unavailable`, or `ServiceError::Unreachable` where the server can't be reached
/// or its answer can't be read.
pub(crate) async fn snapshot(code: &Code) -> Result<Snapshot, ServiceError> {
    let answer = fetch(&format!("/s/{code}/snapshot")).await;
    let answer = answer.map_err(|_| ServiceError::Unreachable)?;
    match answer.status() {
        200 => {}
        404 => return Err(ServiceError::NotFound),
        429 => {
            return Err(ServiceError::RateLimited {
                seconds: wait(&answer),
                action: None,
            });
        }
        503 => {
            return Err(ServiceError::Unavailable {
                seconds: wait(&answer),
            });
        }
        _ => return Err(ServiceError::Unreachable),
    }
    let json = text(&answer).await.map_err(|_| ServiceError::Unreachable)?;
    json.and_then(|json| json::read(&json))
        .ok_or(ServiceError::Unreachable)
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
