//! Says aloud what changes on a page. Its place stands outside of whatever the app renders, and begins empty: what the
//! document came with is read where it stands, and is no news.

use leptos::prelude::*;

/// The id of the place.
const ANNOUNCER: &str = "announcer";

/// The place of what is said. It is always there: screen readers only announce what changes in it.
#[component]
pub fn Announcer() -> impl IntoView {
    view! { <p id=ANNOUNCER class="visually-hidden" role="status"></p> }
}

/// Says these words whenever they change, and nothing about how they begin.
pub(crate) fn use_announced(words: Memo<Option<String>>) {
    Effect::new(move |before: Option<()>| {
        let words = words.get();
        if before.is_some()
            && let Some(place) = document().get_element_by_id(ANNOUNCER)
        {
            place.set_text_content(words.as_deref());
        }
    });
}
