//! The caller: routes that are no server functions get the port bound to them.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};

use super::visitor::VisitorCookie;
use crate::{clips::BoundClips, state::State};

impl FromRequestParts<State> for BoundClips {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Infallible> {
        // The cookie's layer has put it there; without it the caller is a stranger whom nobody will meet again.
        let visitor = parts.extensions.get().copied();
        let visitor = visitor.unwrap_or_else(|| VisitorCookie::random().visitor());
        Ok(Self::new(state.clone(), visitor))
    }
}
