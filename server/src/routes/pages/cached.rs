//! Responses that are the same for everybody: the pages and snapshots that come from memory, and the files.

use std::sync::Arc;

use app::{domain::code::Code, service::ServiceError};
use axum::{
    Json,
    body::Body as HttpBody,
    extract::{Request, State as FromState},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{Guest, Pages, query, rendered::viewer_for};
use crate::{
    bodies::{Body, PublicBody},
    gate,
    routes::{
        code_path::{CodePath, mistyped},
        error_response::{ErrorResponse, with_error_status},
        requests::Path,
        timeouts::with_response_timeout,
    },
    security::{client_network::ClientNetwork, limits::Action, principal::Principal},
    service::ScopedService,
};

/// The query parameters of the home page that a browser without a cookie can need.
const HOME_QUERY: [&str; 4] = ["title", "game", "refused", "code"];
/// The query parameters that the privacy page reads.
const PRIVACY_QUERY: [&str; 2] = ["forgotten", "refused"];
/// The query parameters that the viewers' page reads.
const VIEWER_QUERY: [&str; 4] = ["pressed", "refused", "joined", "join_refused"];

/// Serves requests for pages that are the same for everybody; others continue to the rendered pages.
pub async fn serve_cached(
    FromState(pages): FromState<Pages>,
    request: Request,
    next: Next,
) -> Response {
    let (uri, asked) = (request.uri(), request.headers());
    // The caller is identified for these two only, because presses pass through here too.
    let body = match uri.path() {
        _ if !request.method().is_safe() => None,
        "/" if !names(uri, &HOME_QUERY) => Some(&pages.ready.home),
        "/privacy" if !names(uri, &PRIVACY_QUERY) => Some(&pages.ready.privacy),
        _ => None,
    };
    let Some(body) = body else {
        return next.run(request).await;
    };
    let guest = Guest::identify(&pages, request.extensions(), asked);
    // A browser with a cookie may have sessions of its own on the home page.
    if uri.path() == "/" && guest.new_cookie.is_none() {
        return next.run(request).await;
    }
    let page = match uri.path() {
        "/" => pages.home_of_nobody(asked),
        _ => pages.ready(body, asked),
    };
    guest.with_cookie(page)
}

/// The viewers' page: from memory, except after a plain form.
pub async fn viewer(
    FromState(pages): FromState<Pages>,
    guest: Guest,
    path: Result<CodePath, Response>,
    uri: Uri,
    asked: HeaderMap,
) -> Response {
    let code = match path {
        Ok(CodePath(code)) => code,
        Err(elsewhere) => return guest.with_cookie(elsewhere),
    };
    let answer = if names(&uri, &VIEWER_QUERY) {
        let service = ScopedService::new(pages.state.clone(), guest.browser.into());
        viewer_for(&pages, &service, &code, query(&uri), &asked).await
    } else {
        let body = public(&pages, guest.browser.network, &code, PublicBody::Page).await;
        body.map(|body| pages.ready(&body, &asked))
            .unwrap_or_else(|error| pages.error_page(error, &asked))
    };
    guest.with_cookie(answer)
}

/// The public snapshot, as JSON.
pub async fn snapshot(
    FromState(pages): FromState<Pages>,
    guest: Guest,
    Path(code): Path<Code>,
    asked: HeaderMap,
) -> Response {
    let network = guest.browser.network;
    match public(&pages, network, &code, PublicBody::Snapshot).await {
        Ok(body) => body.answer(&asked),
        // As data: the page tells it from the 404 of a proxy that does not find the server.
        Err(error) => with_error_status(&error, Json(&error).into_response()),
    }
}

/// The timeline as a picture, which pages of other sites may show too.
pub async fn heat(
    FromState(pages): FromState<Pages>,
    Path(code): Path<Code>,
    extensions: Extensions,
    asked: HeaderMap,
) -> Result<Response, ErrorResponse> {
    let network = pages.state.proxies.client_network(&extensions, &asked);
    let body = public(&pages, network, &code, PublicBody::Heat).await?;
    let headers = [
        (
            header::CONTENT_SECURITY_POLICY,
            pages.ready.heat_policy.clone(),
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("cross-origin"),
        ),
    ];
    Ok((headers, body.answer(&asked)).into_response())
}

/// A public body of a session, if a client network may load it now.
async fn public(
    pages: &Pages,
    network: ClientNetwork,
    code: &Code,
    what: PublicBody,
) -> Result<Arc<Body>, ServiceError> {
    // The response depends only on the client network.
    let nobody = Principal::Nobody(network);
    with_response_timeout(async {
        let (session, charge) = gate::resolve(&pages.state, nobody, code, Action::Read).await?;
        charge.of(pages.public.get(session, code, what).await)
    })
    .await
}

/// A file, or the page that says that there is nothing at this address.
pub async fn file(FromState(pages): FromState<Pages>, request: Request) -> Response {
    let (uri, asked) = (request.uri(), request.headers());
    if !request.method().is_safe() {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if let Some(file) = pages.ready.site.file(uri.path()) {
        return file.answer(asked);
    }
    if let Some(page) = mistyped(uri) {
        return page.into_response();
    }
    if let Some(folder) = pages.ready.site.watched() {
        let watched = tower_http::services::ServeDir::new(folder);
        if let Ok(found) = watched
            .append_index_html_on_directories(false)
            .try_call(request)
            .await
            && found.status().is_success()
        {
            return found.map(HttpBody::new);
        }
        return pages.missing(&pages.ready.no_page, &HeaderMap::new());
    }
    let guest = Guest::identify(&pages, request.extensions(), asked);
    guest.with_cookie(pages.missing(&pages.ready.no_page, asked))
}

/// Whether the query of an address has one of these parameters.
fn names(uri: &Uri, parameters: &[&str]) -> bool {
    let query = uri.query().unwrap_or_default();
    let mut named = query
        .split('&')
        .map(|pair| pair.split('=').next().unwrap_or_default());
    named.any(|name| parameters.contains(&name))
}
