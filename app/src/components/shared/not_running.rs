//! The notice that the app is not running: the stylesheet shows it, using the state that the watchdog sets.

use leptos::prelude::*;

use crate::words::session;

/// Says that the page is not live, and what can be done. It is outside of what the app renders.
#[component]
pub fn NotRunning() -> impl IntoView {
    view! {
        <div class="not-live" role="status">
            <p class="banner banner--warning">
                <span>{session::NOT_LIVE}</span>
                <a class="button button--quiet" href="" data-reload>
                    {session::RELOAD}
                </a>
            </p>
        </div>
    }
}
