//! The caller: routes that are no server functions get the port bound to them.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{Extensions, HeaderMap, request::Parts},
};

use super::{limits::Counted, visitor::VisitorCookie};
use crate::{clips::BoundClips, state::State, store::VisitorId};

/// Who asks, as far as that is known before anything is asked. The cookie's layer puts it into every request.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// Whose browser it is.
    pub visitor: VisitorId,
    /// By what the request is counted.
    pub counted: Counted,
}

impl Caller {
    /// The caller who sent this cookie, or who is given a new one.
    pub(super) fn new(
        cookie: &VisitorCookie,
        is_new: bool,
        state: &State,
        extensions: &Extensions,
        headers: &HeaderMap,
    ) -> Self {
        let visitor = cookie.visitor();
        Self {
            visitor,
            counted: Counted {
                visitor: (!is_new).then_some(visitor),
                network: state.proxies.network(extensions, headers),
            },
        }
    }
}

impl FromRequestParts<State> for BoundClips {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Infallible> {
        // Without the cookie's layer the caller is a stranger whom nobody will meet again.
        let caller = parts.extensions.get().copied().unwrap_or_else(|| {
            let cookie = VisitorCookie::random();
            Caller::new(&cookie, true, state, &parts.extensions, &parts.headers)
        });
        Ok(Self::new(state.clone(), caller))
    }
}
