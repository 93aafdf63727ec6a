//! The routes of the server functions.

use app::service::ServiceError;
use axum::{
    Extension,
    body::{self, Body},
    extract::{Request, State as FromState},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use leptos::prelude::provide_context;

use super::error_response::with_error_status;
use crate::{security::principal::Principal, service::ScopedService, state::State};

/// The longest error that a server function answers with.
const LONGEST_ERROR_BYTES: usize = 64 * 1024;

/// What the server functions were called when they lay below `/api/`. Pages that were loaded then go on calling them there, and
/// send the presses that they kept. What is new since then is not among them: the rest of `/api/` is for programs.
pub const UNDER_API: [&str; 28] = [
    "act",
    "block",
    "desk",
    "edit_note",
    "edit_session",
    "end_rehearsal",
    "hide",
    "hide_filtered",
    "hide_visitor",
    "links",
    "mine",
    "mint_link",
    "moderations",
    "now",
    "open_rehearsal",
    "open_session",
    "own_sessions",
    "page",
    "redeem",
    "replace_control_link",
    "restore",
    "revoke_link",
    "role",
    "set_settings",
    "settings",
    "snapshot",
    "submit",
    "undo",
];

/// Runs the server function that the path names by its old address.
pub async fn call_under_api(
    state: FromState<State>,
    principal: Extension<Principal>,
    mut request: Request,
) -> Response {
    let function = request.uri().path().strip_prefix("/api/");
    let address = function.and_then(|function| format!("/rpc/{function}").parse().ok());
    if let Some(address) = address {
        *request.uri_mut() = address;
    }
    call(state, principal, request).await
}

/// Runs the server function that the path names, for whoever asks.
pub async fn call(
    FromState(state): FromState<State>,
    Extension(principal): Extension<Principal>,
    mut request: Request,
) -> Response {
    // A browser's form would be sent back to wherever its Referer says; plain forms have routes of their own.
    request.headers_mut().remove(header::ACCEPT);
    let context = move || provide_context(ScopedService::port(&state, principal));
    let response = leptos_axum::handle_server_fns_with_context(context, request).await;
    with_own_status(response.into_response()).await
}

/// Server functions answer 500 to every error; the error in the body knows better.
async fn with_own_status(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (parts, answer) = response.into_parts();
    let Ok(bytes) = body::to_bytes(answer, LONGEST_ERROR_BYTES).await else {
        return parts.into_response();
    };
    let error = serde_json::from_slice::<ServiceError>(&bytes);
    let response = Response::from_parts(parts, Body::from(bytes));
    match error {
        Ok(error) => with_error_status(&error, response),
        Err(_) => response,
    }
}
