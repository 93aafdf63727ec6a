//! The way to what is stored about the people who use the pages.

use leptos::prelude::*;

/// The way to what is stored about the people who use the pages. Another bundle's page: it is loaded whole.
#[component]
pub fn PrivacyLink() -> impl IntoView {
    view! {
        <p class="privacy-link">
            <a href="/privacy" rel="external">
                "What is stored about you"
            </a>
        </p>
    }
}
