//! What is shown only with scripts in the browser, and what only without: the stylesheet decides, by what the browser says
//! of itself, so that the page is the same for all.

use leptos::prelude::*;

/// What does nothing without scripts, and isn't shown then.
#[component]
pub fn NeedsScripts(children: Children) -> impl IntoView {
    view! { <div class="needs-scripts through">{children()}</div> }
}

/// What is shown only where there are no scripts.
#[component]
pub fn WithoutScripts(children: Children) -> impl IntoView {
    view! { <div class="no-scripts through">{children()}</div> }
}
