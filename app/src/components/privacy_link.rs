//! The way to what is stored about the people who use the pages.

use leptos::prelude::*;

/// The way to what is stored about the people who use the pages.
#[component]
pub fn PrivacyLink() -> impl IntoView {
    view! {
        <p class="privacy-link">
            <a href="/privacy">
                "What is stored about you"
            </a>
        </p>
    }
}
