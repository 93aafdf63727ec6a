//! The routes of the server functions.

use app::{service::ServiceError, words::refusals};
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

/// The longest error body of a server function.
const LONGEST_ERROR_BYTES: usize = 64 * 1024;

/// The server functions that used to be below `/api/`. Pages that were loaded back then still call them there, and send the
/// presses that they kept. Newer functions are not in the list: the rest of `/api/` is for programs.
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

/// Runs the server function that the path names, for the caller.
pub async fn call(
    FromState(state): FromState<State>,
    Extension(principal): Extension<Principal>,
    mut request: Request,
) -> Response {
    // A browser's form would be redirected to whatever its Referer says; plain forms have their own routes.
    request.headers_mut().remove(header::ACCEPT);
    let context = move || provide_context(ScopedService::port(&state, principal));
    let response = leptos_axum::handle_server_fns_with_context(context, request).await;
    let response = response.into_response();
    if response.status() == NO_FUNCTION {
        // Not an error that a page could read: a press that another build's page sent is kept, and sent again.
        return (StatusCode::NOT_FOUND, refusals::NO_FUNCTION).into_response();
    }
    with_own_status(response).await
}

/// The status that `leptos_axum` gives to a path without a function, and to nothing else: errors of functions are 500.
const NO_FUNCTION: StatusCode = StatusCode::BAD_REQUEST;

/// Server functions answer 500 to every error; this sets the status of the error in the body.
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
