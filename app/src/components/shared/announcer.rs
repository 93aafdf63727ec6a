//! Announces changes on a page to screen readers. Its element is outside of what the app renders, and starts empty: the
//! initial content of the document is read in place, and is no change.

use leptos::prelude::*;

/// The id of the place.
const ANNOUNCER: &str = "announcer";

/// The element for announcements. It always exists, because screen readers only announce changes within one.
#[component]
pub fn Announcer() -> impl IntoView {
    view! { <p id=ANNOUNCER class="visually-hidden" role="status"></p> }
}

/// Announces this text. Browser only.
pub(crate) fn announce(words: Option<&str>) {
    if let Some(place) = document().get_element_by_id(ANNOUNCER) {
        place.set_text_content(words);
    }
}
