//! Whether somebody can look at a part of a page.

use leptos::ev;

use crate::live::signals::views::*;

/// Whether a part that is shown can be looked at: it can't while the page is hidden. Who comes back to the page looks at it
/// anew.
pub(crate) fn use_looked_at(is_shown: Signal<bool>) -> Signal<bool> {
    let is_hidden = RwSignal::new(false);
    Effect::new(move |_| {
        // It can have been opened in the background.
        is_hidden.set(document().hidden());
        let listener = window_event_listener(ev::visibilitychange, move |_| {
            is_hidden.set(document().hidden());
        });
        on_cleanup(move || listener.remove());
    });
    Signal::derive(move || is_shown.get() && !is_hidden.get())
}
