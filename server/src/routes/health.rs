//! Health checks: whether the process runs, and whether its database answers.

use axum::extract::State as FromState;

use super::error_response::ErrorResponse;
use crate::state::State;

/// The process runs.
pub async fn health() -> &'static str {
    "ok"
}

/// The database answers.
///
/// # Errors
/// `ErrorResponse` with 503 if it doesn't.
pub async fn ready(FromState(state): FromState<State>) -> Result<&'static str, ErrorResponse> {
    state.store.ping().await?;
    Ok("ready")
}
