//! One intention, one act: a double click, or a trembling finger, does not do the next thing too.

use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;

use crate::live::{
    calls::latest::{CallId, LatestCall},
    signals::views::*,
};

/// For how many milliseconds a second press of a button, without new input, is part of the first one.
pub(crate) const ONE_INTENTION_MS: u32 = 500;

/// The half second in which buttons that change under the user's finger take nothing. It belongs to its owner.
#[derive(Clone, Copy)]
pub(crate) struct CoolDown {
    is_on: RwSignal<bool>,
    newest: StoredValue<LatestCall>,
}

/// A cool-down of the component that asks for it, which has not begun.
pub(crate) fn use_cool_down() -> CoolDown {
    CoolDown {
        is_on: RwSignal::new(false),
        newest: StoredValue::new(LatestCall::default()),
    }
}

impl CoolDown {
    /// Begins, or begins anew. Browser only.
    pub(crate) fn begin(self) {
        let id = self.restart();
        spawn_local(async move {
            TimeoutFuture::new(ONE_INTENTION_MS).await;
            self.end(id);
        });
    }

    /// Whether it goes on.
    pub(crate) fn is_on_untracked(self) -> bool {
        self.is_on.get_untracked()
    }

    /// The attribute `data-cooling` of the buttons. Tracked.
    pub(crate) fn attribute(self) -> Option<&'static str> {
        self.is_on.get().then_some("")
    }

    /// None where the component is gone.
    fn restart(self) -> Option<CallId> {
        self.is_on.set(true);
        self.newest.try_update_value(LatestCall::begin)
    }

    /// Ends, unless it was begun anew since, or the component is gone.
    fn end(self, id: Option<CallId>) {
        let is_newest = |newest: &LatestCall| id.is_some_and(|id| newest.is(id));
        if self.newest.try_with_value(is_newest) == Some(true) {
            self.is_on.set(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cool_down_that_begins_anew_ends_with_the_last_one() {
        Owner::new().with(|| {
            let cooling = use_cool_down();
            assert!(!cooling.is_on_untracked());
            let [first, last] = [(); 2].map(|()| cooling.restart());
            cooling.end(first);
            assert!(cooling.is_on_untracked());
            cooling.end(last);
            assert!(!cooling.is_on_untracked());
        });
    }

    #[test]
    fn a_cool_down_that_outlives_its_component_does_nothing() {
        let page = Owner::new();
        let (cooling, id) = page.with(|| {
            let cooling = use_cool_down();
            (cooling, cooling.restart())
        });
        page.cleanup();
        cooling.end(id);
    }
}
