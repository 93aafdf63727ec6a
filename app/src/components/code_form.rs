//! The way from a typed code to its session.

use leptos::prelude::*;

/// Leads to the session with a code. Always a plain form: it is a link that one types.
#[component]
pub fn CodeForm() -> impl IntoView {
    view! {
        <form class="form form--inline" method="get" action="/s">
            <label for="code">"Session code"</label>
            <input
                id="code"
                name="code"
                class="input input--code"
                placeholder="7KQ2MX"
                autocomplete="off"
                autocapitalize="characters"
                spellcheck="false"
                required
            />
            <button type="submit" class="button">
                "Join"
            </button>
        </form>
    }
}
