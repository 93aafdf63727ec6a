//! What is said where the app does not run: the stylesheet shows it, by what the watchdog knows.

use leptos::prelude::*;

/// Tells that the page is not live, and what can be done. It stands outside of whatever the app renders.
#[component]
pub fn NotLive() -> impl IntoView {
    view! {
        <div class="not-live" role="status">
            <p class="banner banner--warning">
                <span>
                    "This page is not live: its program did not start, or it stopped. You can still press and send forms; load the page again to see what is new."
                </span>
                <a class="button button--quiet" href="" data-reload>
                    "Load it again"
                </a>
            </p>
        </div>
    }
}
