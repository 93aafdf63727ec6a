//! Refuses other sites' pages what the layer against forged posts lets through: it looks at no GET.

use axum::http::HeaderMap;

/// Whether a browser says that a page of another site asks. Programs that are no browsers say nothing.
pub fn is_cross_site(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "cross-site" || site == "same-site")
}
