//! Identifies the caller for every route, by the visitor's cookie, which a browser without one is given.

use std::convert::Infallible;

use axum::{
    extract::{FromRef, FromRequestParts, Request, State as FromState},
    http::{Extensions, HeaderMap, HeaderValue, header, request::Parts},
    middleware::Next,
    response::Response,
};

use crate::{
    security::{
        principal::{Browser, Principal},
        visitor::VisitorCookie,
    },
    service::ScopedService,
    state::State,
};

/// The caller, and the `Set-Cookie` for a browser that has none yet.
pub fn identify(
    state: &State,
    extensions: &Extensions,
    headers: &HeaderMap,
) -> (Browser, Option<HeaderValue>) {
    let known = VisitorCookie::read(headers, &state.public_url);
    // Whoever still sends the cookie of a forgotten visitor is somebody else by now.
    let known = known.filter(|cookie| !state.forgotten.is_closed(cookie.visitor()));
    as_known(state, extensions, headers, known)
}

/// The caller, by their cookie if there is one.
fn as_known(
    state: &State,
    extensions: &Extensions,
    headers: &HeaderMap,
    known: Option<VisitorCookie>,
) -> (Browser, Option<HeaderValue>) {
    let is_new = known.is_none();
    let cookie = known.unwrap_or_else(VisitorCookie::random);
    let browser = Browser {
        visitor: cookie.visitor(),
        seed: cookie.seed(),
        network: state.proxies.client_network(extensions, headers),
        is_new,
    };
    let set = is_new.then(|| cookie.set_cookie(&state.public_url));
    (browser, set.and_then(|set| HeaderValue::try_from(set).ok()))
}

/// Identifies the caller for the inner routes, and sets a cookie for a browser that has none.
pub async fn identify_caller(
    FromState(state): FromState<State>,
    mut request: Request,
    next: Next,
) -> Response {
    let (extensions, headers) = (request.extensions(), request.headers());
    let (browser, cookie) = match request.uri().path() {
        // It may be sent twice, and is answered the same.
        "/forget" => {
            let known = VisitorCookie::read(headers, &state.public_url);
            as_known(&state, extensions, headers, known)
        }
        _ => identify(&state, extensions, headers),
    };
    request.extensions_mut().insert(Principal::from(browser));
    let mut response = next.run(request).await;
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Sends a browser its cookie anew, whose `MAX_AGE_SECONDS` begin again with that: whoever comes back in time keeps their
/// sessions. For the pages that are rendered for one caller, and for all posts that change something, except *Forget me*.
pub async fn renew_cookie(
    FromState(state): FromState<State>,
    request: Request,
    next: Next,
) -> Response {
    let known = VisitorCookie::read(request.headers(), &state.public_url);
    let mut response = next.run(request).await;
    let known = known.filter(|cookie| !state.forgotten.contains(cookie.visitor()));
    let cookie = known.map(|cookie| cookie.set_cookie(&state.public_url));
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::try_from(cookie).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

impl<S> FromRequestParts<S> for ScopedService
where
    State: FromRef<S>,
    S: Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let state = State::from_ref(state);
        // If no layer has identified the caller, a browser without a cookie is an unknown visitor who will never be seen
        // again.
        let principal = parts.extensions.get().copied();
        let principal = principal
            .unwrap_or_else(|| identify(&state, &parts.extensions, &parts.headers).0.into());
        Ok(Self::new(state, principal))
    }
}
