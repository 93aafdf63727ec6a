//! The link to the page about what is stored.

use leptos::prelude::*;

use crate::words::viewer;

/// The link to the page about what is stored.
#[component]
pub fn PrivacyLink() -> impl IntoView {
    view! {
        <p class="privacy-link">
            <a href="/privacy">
                {viewer::PRIVACY}
            </a>
        </p>
    }
}
