//! One intention, one act: a double click, or a trembling finger, does not do the next thing too.

use gloo_timers::future::TimeoutFuture;
use leptos::{ev::MouseEvent, task::spawn_local};

use crate::live::{
    calls::latest::{CallId, LatestCall},
    clock,
    signals::views::*,
};

/// For how many milliseconds a second press of a button, without new input, is part of the first one.
pub(crate) const ONE_INTENTION_MS: u32 = 500;

/// Whether what is pressed now belongs to what was pressed before, by their times in milliseconds.
pub(crate) fn is_same_intention(before: f64, now: f64) -> bool {
    now - before < f64::from(ONE_INTENTION_MS)
}

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

/// The button of a row that was clicked last, and when, in milliseconds: once its row is drawn again it does the opposite, which
/// the second click of a double click is not meant for.
#[derive(Clone, Copy)]
pub(crate) struct LastClick(StoredValue<(String, f64)>);

/// What the component that asks for it was clicked on: nothing yet.
pub(crate) fn use_last_click() -> LastClick {
    LastClick(StoredValue::new((String::new(), f64::NEG_INFINITY)))
}

impl LastClick {
    /// Whether this click is not part of the last one. `button` is what it was on, by a name that stays. Keys click too, as
    /// often as somebody presses them. Browser only.
    pub(crate) fn is_new(self, event: &MouseEvent, button: String) -> bool {
        event.detail() == 0 || self.is_new_at(button, clock::elapsed_ms())
    }

    fn is_new_at(self, button: String, now: f64) -> bool {
        let is_new = self
            .0
            .with_value(|(last, at)| *last != button || !is_same_intention(*at, now));
        if is_new {
            self.0.set_value((button, now));
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_click_on_the_same_button_is_part_of_the_first_for_half_a_second() {
        Owner::new().with(|| {
            let clicks = use_last_click();
            let is_new = |button: &str, at| clicks.is_new_at(button.to_owned(), at);
            assert!(is_new("hide 1", 0.0));
            assert!(!is_new("hide 1", 100.0) && !is_new("hide 1", 499.0));
            assert!(is_new("hide 1", 500.0));
            // Of another row, or another one of the same row.
            assert!(is_new("hide 2", 510.0) && is_new("star 2", 520.0));
        });
    }

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
