//! The name that presses wait for because the session requires one.

use leptos::ev;

use super::press_fields::{NAME, has_focus, is_of, value};
use crate::{
    components::shared::shortcuts,
    domain::text::Name,
    live::{browser::storage, page::feed::Feed, signals::*},
};

/// Gives the presses that wait for a name the one in its field, once it is written. Browser only.
pub(super) fn use_missing_name(feed: Feed) {
    Effect::new(move |_| {
        let is_wanted = feed.outbox.read().nameless() > 0;
        // Unless somebody is in the middle of it: it is no other than the last press had.
        if is_wanted && (!has_focus(NAME) || storage::name() == Some(value(NAME))) {
            give(feed);
        }
    });
    Effect::new(move |_| {
        let left = window_event_listener(ev::focusout, move |event| {
            // Whoever only goes to another window stays in the field.
            if is_of(&event, &[NAME]) && !has_focus(NAME) {
                give(feed);
            }
        });
        let keydown = window_event_listener(ev::keydown, move |event| {
            let is_done = shortcuts::is_alone(&event, "Enter") && is_of(&event, &[NAME]);
            if is_done && give(feed) {
                // It would be another press.
                event.prevent_default();
            }
        });
        on_cleanup(move || {
            left.remove();
            keydown.remove();
        });
    });
}

/// Returns whether presses wait for a name, and there is one.
fn give(feed: Feed) -> bool {
    let is_wanted = feed.outbox.read_untracked().nameless() > 0;
    match Name::parse_optional(&value(NAME)) {
        Ok(Some(name)) if is_wanted => {
            storage::remember_name(name.as_str());
            feed.give_name.run(name);
            true
        }
        Ok(_) | Err(_) => false,
    }
}
