//! Security headers: against framing, foreign scripts, leaked addresses, and search engines.

use std::sync::Arc;

use app::{document::Assets, offline};
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header, header::Entry},
    middleware::{self, Next},
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use tower_http::set_header::SetResponseHeaderLayer;

/// The policy for everything that is not a page: it may do nothing when opened. Pages state what they need themselves.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// The policy of the service worker: it may ask this server for pages.
pub const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'";

/// How long browsers must use HTTPS only, in seconds: a year.
const STRICT_TRANSPORT: &str = "max-age=31536000";

/// The policy of a page: it may run its own scripts and styles (our files, and by their hashes the constant ones inline),
/// compile its module, and connect to this server.
pub fn page_policy(assets: &Assets) -> HeaderValue {
    let scripts = assets.inline_scripts();
    let scripts: String = scripts.iter().map(|script| hash_source(script)).collect();
    let styles: String = assets.inline_styles().map(hash_source).collect();
    let socket = assets.reload_port.map_or_else(String::new, |port| {
        format!(" ws://127.0.0.1:{port} ws://localhost:{port}")
    });
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; img-src 'self'; \
         font-src 'self'; manifest-src 'self'; worker-src 'self'; connect-src 'self'{socket}; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    // Without a valid policy, a page may do nothing at all.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static(NOTHING))
}

/// The policy of the page that the service worker shows: it may run its script, and see whether this server is back.
pub fn offline_page_policy(assets: &Assets) -> HeaderValue {
    let script = hash_source(offline::inline_script());
    let styles: String = assets.inline_styles().map(hash_source).collect();
    let policy = format!(
        "default-src 'none'; script-src{script}; style-src 'self'{styles}; img-src 'self'; font-src 'self'; \
         connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static(NOTHING))
}

/// What a picture may do where it is opened by itself: look as its own style says.
pub fn picture_policy(style: &str) -> HeaderValue {
    let style = hash_source(style);
    let policy = format!("default-src 'none'; style-src{style}; frame-ancestors *");
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static(NOTHING))
}

/// The source expression that allows one inline script or stylesheet (CSP 3, 2.3.1), with a leading space.
fn hash_source(text: &str) -> String {
    let hash = BASE64_STANDARD.encode(Sha256::digest(text));
    format!(" 'sha256-{hash}'")
}

/// Adds these headers to responses that don't set them themselves. HSTS only over HTTPS: it would lock people out of a
/// server without it.
///
/// One layer for all of them, because each layer would box every response again.
pub fn with_security_headers(router: Router, is_https: bool) -> Router {
    let everywhere = [
        (header::CONTENT_SECURITY_POLICY, NOTHING),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: browsers would then send forms with `Origin: null`, which the CSRF layer refuses.
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    let strict = is_https.then_some((header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT));
    let headers: Arc<[_]> = everywhere.into_iter().chain(strict).collect();
    router.layer(middleware::from_fn_with_state(headers, set_default_headers))
}

/// Headers with their default values.
type Headers = Arc<[(HeaderName, &'static str)]>;

async fn set_default_headers(
    State(headers): State<Headers>,
    request: Request,
    next: Next,
) -> Response {
    // A session is only for people who have its link.
    let is_of_session = request.uri().path().starts_with("/s/");
    let mut response = next.run(request).await;
    let answered = response.headers_mut();
    for (name, value) in headers.iter() {
        if let Entry::Vacant(missing) = answered.entry(name) {
            missing.insert(HeaderValue::from_static(value));
        }
    }
    if is_of_session {
        let robots = HeaderName::from_static("x-robots-tag");
        answered.insert(robots, HeaderValue::from_static("noindex, nofollow"));
    }
    response
}

/// Sets a header on responses that don't have it.
pub fn if_not_set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
