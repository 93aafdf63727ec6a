//! Content that is shown only with scripts, or only without them: the stylesheet decides, using what the browser says about
//! itself, so that the page is the same for everybody.

use leptos::prelude::*;

/// Content that does nothing without scripts, and is hidden then.
#[component]
pub fn NeedsScripts(children: Children) -> impl IntoView {
    view! { <div class="needs-scripts through">{children()}</div> }
}

/// Content that is shown only without scripts.
#[component]
pub fn WithoutScripts(children: Children) -> impl IntoView {
    view! { <div class="no-scripts through">{children()}</div> }
}
