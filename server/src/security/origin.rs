//! Refuses cross-site requests that the CSRF layer lets through, because that ignores GET.

use axum::http::HeaderMap;

/// Whether the browser says that the request comes from a page of another site. Other clients don't send this header.
pub fn is_cross_site(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "cross-site" || site == "same-site")
}
