//! Runs something after the next frame, when the page is laid out: reading positions then costs nothing. Browser only.

use gloo_timers::callback::Timeout;
use leptos::prelude::request_animation_frame;

/// Runs this soon after the browser has painted the next frame.
pub fn after_paint(run: impl FnOnce() + 'static) {
    // Frames begin with these callbacks, and are laid out and painted afterwards.
    request_animation_frame(move || {
        Timeout::new(0, run).forget();
    });
}
