//! The web app manifest of a session's page: adding it to a phone's home screen opens that page again.

use app::domain::code::Code;
use axum::{
    Json,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::requests::Path;

/// How long browsers may cache a manifest, in seconds: it does not change within a build.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// The viewers' page.
pub async fn viewer(Path(code): Path<Code>) -> Response {
    of_page(&code, "")
}

/// The moderators' page.
pub async fn moderate(Path(code): Path<Code>) -> Response {
    of_page(&code, "/mod")
}

/// The streamer's page.
pub async fn control(Path(code): Path<Code>) -> Response {
    of_page(&code, "/control")
}

/// The manifest of the page at this path below a session. It needs no session to be looked up, and contains no key.
fn of_page(code: &Code, below: &str) -> Response {
    let address = format!("/s/{code}{below}");
    let manifest = json!({
        "id": address,
        "start_url": address,
        "scope": format!("/s/{code}"),
        "name": format!("Clip Timestamp Collector {code}"),
        "short_name": format!("Clips {code}"),
        "display": "standalone",
        "background_color": "#0f1014",
        "theme_color": "#0f1014",
        "icons": [
            { "src": "/favicon.svg", "type": "image/svg+xml", "sizes": "any" },
            { "src": "/apple-touch-icon.png", "type": "image/png", "sizes": "180x180" },
        ],
    });
    let headers: [(HeaderName, HeaderValue); 2] = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/manifest+json"),
        ),
        (header::CACHE_CONTROL, KEPT),
    ];
    (headers, Json(manifest)).into_response()
}
