//! Whether the process runs, and whether its database answers.

use axum::extract::State as FromState;

use super::refusal::Refusal;
use crate::state::State;

/// The process runs.
pub async fn health() -> &'static str {
    "ok"
}

/// The database answers.
///
/// # Errors
/// `Refusal` with 503 while it doesn't.
pub async fn ready(FromState(state): FromState<State>) -> Result<&'static str, Refusal> {
    state.store.ping().await?;
    Ok("ready")
}
