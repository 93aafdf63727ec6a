//! What browsers are told to keep pages from: other sites' frames, foreign scripts, leaking addresses, search engines.

use axum::{
    Router,
    extract::Request,
    http::{HeaderName, HeaderValue, header},
    middleware::{self, Next},
    response::Response,
};
use tower_http::set_header::SetResponseHeaderLayer;

/// What anything that is no page may do once it is opened: nothing. Pages say what they need themselves.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// How long browsers shall keep to https, in seconds: a year.
const STRICT_TRANSPORT: &str = "max-age=31536000";

/// What a page may do: run its own scripts (those with this answer's nonce, and what they load), compile its module, and
/// talk to this server. `reloads`: the port of the developer's reloading socket.
pub fn page_policy(nonce: &str, reloads: Option<u32>) -> String {
    let socket = reloads.map_or_else(String::new, |port| format!(" ws://127.0.0.1:{port}"));
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self'; font-src 'self'; manifest-src 'self'; connect-src 'self'{socket}; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The same router, whose answers say so, where they don't say something else. HSTS only over https: it would lock people
/// out of a server without it.
pub fn layered(router: Router, is_https: bool) -> Router {
    let strict = is_https.then(|| if_not_set(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT));
    router
        .layer(middleware::from_fn(keep_sessions_out_of_indexes))
        .layer(if_not_set(header::CONTENT_SECURITY_POLICY, NOTHING))
        .layer(if_not_set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // Not `no-referrer`: browsers then send forms with `Origin: null`, which the layer against forged posts refuses.
        .layer(if_not_set(header::REFERRER_POLICY, "same-origin"))
        .layer(if_not_set(
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ))
        .layer(if_not_set(
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ))
        .layer(tower::util::option_layer(strict))
}

/// A session is for those who have its link.
async fn keep_sessions_out_of_indexes(request: Request, next: Next) -> Response {
    let is_of_session = request.uri().path().starts_with("/s/");
    let mut response = next.run(request).await;
    if is_of_session {
        let robots = HeaderName::from_static("x-robots-tag");
        response
            .headers_mut()
            .insert(robots, HeaderValue::from_static("noindex, nofollow"));
    }
    response
}

/// Sets a header of an answer that doesn't have it.
pub fn if_not_set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
