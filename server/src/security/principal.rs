//! The caller of a request, as far as it is known before any query.

use app::{domain::role::Right, service::ServiceError};
use uuid::Uuid;

use super::client_network::ClientNetwork;
use crate::{idempotent_ids::Seed, store::VisitorId};

/// The caller of a request.
///
/// Whatever depends on the caller uses one of the methods here, which match without a wildcard: a new kind of caller, such
/// as an API key with scopes, does not compile until each of them handles it.
#[derive(Clone, Copy, Debug)]
pub enum Principal {
    /// Nobody in particular: public responses depend only on the client network.
    Nobody(ClientNetwork),
    /// A browser.
    Browser(Browser),
}

/// A browser, identified by its cookie.
#[derive(Clone, Copy, Debug)]
pub struct Browser {
    /// The visitor that its cookie identifies.
    pub visitor: VisitorId,
    /// The seed derived from its cookie.
    pub seed: Seed,
    /// Its client network.
    pub network: ClientNetwork,
    /// Whether its cookie is only being set by this response.
    pub is_new: bool,
}

/// The keys by which a principal's requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimitKeys {
    /// The client network.
    pub network: ClientNetwork,
    /// The visitor; `None` if each request would have a different one.
    pub visitor: Option<VisitorId>,
}

/// In whose name something is created or changed.
#[derive(Clone, Copy, Debug)]
pub struct Author {
    /// The owner.
    pub visitor: VisitorId,
    /// The seed from which the ids and keys of what it creates are derived.
    pub seed: Seed,
}

/// The hash of no cookie: this visitor has redeemed no link and owns nothing.
const NO_VISITOR: VisitorId = VisitorId(Uuid::nil());

impl Principal {
    /// The keys by which its requests are counted.
    pub fn rate_limit_keys(self) -> RateLimitKeys {
        match self {
            Self::Nobody(network) => RateLimitKeys {
                network,
                visitor: None,
            },
            Self::Browser(browser) => RateLimitKeys {
                network: browser.network,
                // A client that keeps no cookie is a new visitor each time.
                visitor: (!browser.is_new).then_some(browser.visitor),
            },
        }
    }

    /// The visitor whose redeemed links give it a role in a session, and who owns its presses.
    pub fn visitor(self) -> VisitorId {
        match self {
            Self::Nobody(_) => NO_VISITOR,
            Self::Browser(browser) => browser.visitor,
        }
    }

    /// Whether it can have this right at all; if so, its role in the session decides.
    pub fn may_have(self, right: Right) -> bool {
        match self {
            Self::Nobody(_) => right == Right::Watch,
            Self::Browser(_) => true,
        }
    }

    /// Whether a cookie of an earlier response says who it is.
    pub fn is_known(self) -> bool {
        match self {
            Self::Nobody(_) => false,
            Self::Browser(browser) => !browser.is_new,
        }
    }

    /// In whose name it does what this right allows.
    ///
    /// # Errors
    /// `ServiceError::Forbidden` if it can't own anything: it may only watch.
    pub fn author(self, right: Right) -> Result<Author, ServiceError> {
        match self {
            Self::Nobody(_) => Err(ServiceError::Forbidden(right)),
            Self::Browser(Browser { visitor, seed, .. }) => Ok(Author { visitor, seed }),
        }
    }
}

impl From<Browser> for Principal {
    fn from(browser: Browser) -> Self {
        Self::Browser(browser)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network() -> ClientNetwork {
        ClientNetwork::of([192, 0, 2, 1].into())
    }

    fn browser(is_new: bool) -> Browser {
        Browser {
            visitor: VisitorId(Uuid::from_u128(7)),
            seed: Seed::random(),
            network: network(),
            is_new,
        }
    }

    #[test]
    fn nobody_is_counted_by_the_network_and_may_look() {
        let nobody = Principal::Nobody(network());
        assert_eq!(nobody.rate_limit_keys().visitor, None);
        for right in Right::ALL {
            assert_eq!(nobody.may_have(right), right == Right::Watch);
            let refused = nobody.author(right).err();
            assert_eq!(refused, Some(ServiceError::Forbidden(right)));
        }
    }

    #[test]
    fn a_browser_without_a_cookie_makes_things_and_is_counted_as_nobody() {
        for (is_new, counted) in [(true, None), (false, Some(browser(false).visitor))] {
            let principal = Principal::from(browser(is_new));
            assert_eq!(principal.rate_limit_keys().visitor, counted);
            let author = principal.author(Right::Submit).unwrap();
            assert_eq!(author.visitor, principal.visitor());
        }
    }
}
