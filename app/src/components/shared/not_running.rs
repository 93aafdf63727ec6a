//! What is said where the app does not run: the stylesheet shows it, by what the watchdog knows.

use leptos::prelude::*;

use crate::words::session;

/// Tells that the page is not live, and what can be done. It stands outside of whatever the app renders.
#[component]
pub fn NotRunning() -> impl IntoView {
    view! {
        <div class="not-live" role="status">
            <p class="banner banner--warning">
                <span>{session::NOT_LIVE}</span>
                <a class="button button--quiet" href="" data-reload>
                    {session::LOAD_AGAIN}
                </a>
            </p>
        </div>
    }
}
