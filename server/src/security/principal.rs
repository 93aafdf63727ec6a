//! Who asks, as far as that is known before anything is asked.

use app::{domain::role::Right, service::ServiceError};
use uuid::Uuid;

use super::client_network::ClientNetwork;
use crate::{idempotent_ids::Seed, store::VisitorId};

/// Who asks.
///
/// Whatever depends on that asks one of the methods here, which match without a wildcard: a further kind of caller, such as
/// a key with scopes, does not compile until each of them has an answer for it.
#[derive(Clone, Copy, Debug)]
pub enum Principal {
    /// Nobody in particular: what is public depends on no more than the client network that it goes to.
    Nobody(ClientNetwork),
    /// A browser.
    Browser(Browser),
}

/// A browser, by its cookie.
#[derive(Clone, Copy, Debug)]
pub struct Browser {
    /// Whom its cookie names.
    pub visitor: VisitorId,
    /// What is derived from its cookie.
    pub seed: Seed,
    /// Where it is.
    pub network: ClientNetwork,
    /// Whether the cookie is only handed out with the answer.
    pub is_new: bool,
}

/// By what the requests of a principal are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimitKeys {
    /// The client network.
    pub network: ClientNetwork,
    /// The visitor; none where each request would be another one's.
    pub visitor: Option<VisitorId>,
}

/// In whose name something is made or changed.
#[derive(Clone, Copy, Debug)]
pub struct Author {
    /// Whose it is.
    pub visitor: VisitorId,
    /// What the ids and keys of what it makes are derived from.
    pub seed: Seed,
}

/// The hash of no cookie: it has redeemed no link, and nothing is its own.
const NO_VISITOR: VisitorId = VisitorId(Uuid::nil());

impl Principal {
    /// By what its requests are counted.
    pub fn rate_limit_keys(self) -> RateLimitKeys {
        match self {
            Self::Nobody(network) => RateLimitKeys {
                network,
                visitor: None,
            },
            Self::Browser(browser) => RateLimitKeys {
                network: browser.network,
                // Who keeps no cookie is a new visitor each time.
                visitor: (!browser.is_new).then_some(browser.visitor),
            },
        }
    }

    /// By whose redeemed links it has its role in a session, and whose presses are its own.
    pub fn visitor(self) -> VisitorId {
        match self {
            Self::Nobody(_) => NO_VISITOR,
            Self::Browser(browser) => browser.visitor,
        }
    }

    /// Whether it can have this right at all; its role in the session decides then.
    pub fn may_have(self, right: Right) -> bool {
        match self {
            Self::Nobody(_) => right == Right::Watch,
            Self::Browser(_) => true,
        }
    }

    /// In whose name it does what this right allows.
    ///
    /// # Errors
    /// `ServiceError::Forbidden` where nothing can be in its name: it may look, and no more.
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
