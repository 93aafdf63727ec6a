//! The way to what is stored about the people who use the pages.

use leptos::prelude::*;

use crate::words::viewer;

/// The way to what is stored about the people who use the pages.
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
