//! The interface for programs: there is none yet, and its addresses say so in a program's terms.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

/// Answers at every address of the interface that is none.
pub async fn nothing_here() -> Response {
    let told = json!({
        "error": "not_found",
        "message": "This server has no API at this address.",
    });
    (StatusCode::NOT_FOUND, Json(told)).into_response()
}
