//! Lets the page show what somebody did before anything else is drawn. Browser only.

use std::cell::Cell;

use gloo_timers::callback::Timeout;
use leptos::ev;

use crate::live::{clock::elapsed_ms, signals::*};

/// How long the page has to show what a key or a click does, in milliseconds.
const SHOWN_WITHIN_MS: f64 = 100.0;

thread_local! {
    /// When somebody last pressed a key, or pressed or lifted a pointer, by the page's own count.
    static INPUT_AT: Cell<f64> = const { Cell::new(f64::NEG_INFINITY) };
}

/// Listens to keys and pointers until the component that calls this is gone. A page that doesn't call it never waits.
pub fn track_input() {
    Effect::new(move |_| {
        let note = || INPUT_AT.set(elapsed_ms());
        let listeners = [
            window_event_listener(ev::keydown, move |_| note()),
            window_event_listener(ev::pointerdown, move |_| note()),
            // The click comes with it.
            window_event_listener(ev::pointerup, move |_| note()),
        ];
        on_cleanup(move || {
            listeners.into_iter().for_each(WindowListenerHandle::remove);
        });
    });
}

/// Runs this now, or if somebody has just pressed something, as soon as the page has had time to show what that did.
pub fn after_input(run: impl FnOnce() + 'static) {
    let ms = INPUT_AT.get() + SHOWN_WITHIN_MS - elapsed_ms();
    if ms <= 0.0 {
        return run();
    }
    Timeout::new(ms as u32, run).forget();
}
