//! The caller: routes that are no server functions get the port bound to them.

use std::convert::Infallible;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{Extensions, HeaderMap, request::Parts},
};

use super::{
    limits::Counted,
    visitor::{VisitorCookie, meet},
};
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

impl<S> FromRequestParts<S> for BoundClips
where
    State: FromRef<S>,
    S: Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let state = State::from_ref(state);
        // Where no layer gave out a cookie, one who has none is a stranger whom nobody will meet again.
        let caller = parts.extensions.get().copied();
        let caller = caller.unwrap_or_else(|| meet(&state, &parts.extensions, &parts.headers).0);
        Ok(Self::new(state, caller))
    }
}
