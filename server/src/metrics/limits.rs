//! Metrics of rate limits: refused requests.

use app::domain::limited_action::Action;
use prometheus_client::{metrics::counter::Counter, registry::Registry};

use super::label::{Label, PerLabel};

/// How often each action was refused because a limit was exceeded.
pub(crate) type Refusals = PerLabel<Action, Counter>;

impl Label for Action {
    const NAME: &'static str = "action";
    const ALL: &'static [Self] = &Action::ALL;

    fn value(self) -> &'static str {
        self.name()
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
