//! Shown instead of a page that can't be displayed: why, and what to do next.

use std::borrow::Cow;

use leptos::prelude::*;

use super::code_form::CodeForm;
use crate::{service::ServiceError, words::errors};

/// Shown instead of a page that can't be displayed.
#[component]
pub fn ErrorMessage(
    /// Why it can't be shown.
    error: ServiceError,
    /// The explanation, if it differs from the error's own words.
    #[prop(optional_no_strip)]
    words: Option<&'static str>,
    /// Other things to do on this page.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <main class="error-page">
            <h1>{errors::heading(&error)}</h1>
            <p>{words.map_or_else(|| errors::error(&error), Cow::Borrowed)}</p>
            {error
                .is_retryable()
                .then(|| {
                    view! {
                        <p>
                            <a class="button button--primary" href="" data-reload>
                                {errors::TRY_AGAIN}
                            </a>
                        </p>
                    }
                })}
            {children.map(|children| children())}
            <CodeForm />
            <p>
                <a href="/">{errors::HOME}</a>
            </p>
        </main>
    }
}
