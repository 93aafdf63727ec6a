//! Metrics of rate limits: refused requests.

use prometheus_client::{metrics::counter::Counter, registry::Registry};

use super::label::{Label, PerLabel};
use crate::security::action::Action;

/// How often each action was refused because a limit was exceeded.
pub(crate) type Refusals = PerLabel<Action, Counter>;

impl Label for Action {
    const NAME: &'static str = "action";
    const ALL: &'static [Self] = &Action::ALL;

    fn value(self) -> &'static str {
        match self {
            Self::Press => "press",
            Self::OpenSession => "open_session",
            Self::Read => "read",
            Self::Forbidden => "forbidden",
            Self::FindCode => "find_code",
            Self::Moderate => "moderate",
            Self::Control => "control",
            Self::Redeem => "redeem",
            Self::Export => "export",
            Self::Erase => "erase",
        }
    }
}

pub(super) fn register(registry: &mut Registry) -> Refusals {
    PerLabel::register(
        registry,
        "limit_refusals",
        "Requests that were refused by a limit",
        Counter::default,
    )
}
