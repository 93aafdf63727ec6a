//! Who asks, as far as that is known before anything is asked.

use std::convert::Infallible;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};

use super::{address::Network, visitor::meet};
use crate::{clips::BoundClips, seed::Seed, state::State, store::VisitorId};

/// By whom a request is counted.
#[derive(Clone, Copy, Debug)]
pub enum Caller {
    /// Nobody in particular: what is public depends on no more than the network that it goes to.
    Nobody(Network),
    /// A browser.
    Browser(Browser),
}

impl Caller {
    /// Where the request comes from.
    pub fn network(self) -> Network {
        match self {
            Self::Nobody(network) | Self::Browser(Browser { network, .. }) => network,
        }
    }
}

/// A browser, by its cookie. The cookie's layer puts it into every request.
#[derive(Clone, Copy, Debug)]
pub struct Browser {
    /// Whom its cookie names.
    pub visitor: VisitorId,
    /// What is derived from its cookie.
    pub seed: Seed,
    /// Where it is.
    pub network: Network,
    /// Whether the cookie is only handed out with the answer.
    pub is_new: bool,
}

impl From<Browser> for Caller {
    /// One without a cookie is nobody: else each such request would be a new visitor's.
    fn from(browser: Browser) -> Self {
        if browser.is_new {
            Self::Nobody(browser.network)
        } else {
            Self::Browser(browser)
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
        let browser = parts.extensions.get().copied();
        let browser = browser.unwrap_or_else(|| meet(&state, &parts.extensions, &parts.headers).0);
        Ok(Self::new(state, browser))
    }
}
