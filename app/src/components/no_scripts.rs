//! What a page that needs scripts says where there are none.

use leptos::prelude::*;

/// What a page that needs scripts says where there are none. Browsers that run them don't show it.
#[component]
pub fn NoScripts(
    /// What the reader misses.
    words: &'static str,
) -> impl IntoView {
    view! { <noscript class="banner">{words}</noscript> }
}
