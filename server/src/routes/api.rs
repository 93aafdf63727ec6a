//! The API for programs: there is none yet, and its addresses say so as JSON.

use app::words::refusals;
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

/// The response at every address of the API that doesn't exist.
pub async fn nothing_here() -> Response {
    let told = json!({
        "error": "not_found",
        "message": refusals::NO_API,
    });
    (StatusCode::NOT_FOUND, Json(told)).into_response()
}
