//! Why what was asked for did not work.

use std::fmt::Display;

use leptos::prelude::*;

use super::live_text::live_text;
/// Why what was asked for did not work, said aloud too; nothing where it did.
#[component]
pub fn FormError<E>(
    /// Why.
    error: RwSignal<Option<E>>,
) -> impl IntoView
where
    E: Clone + Display + Send + Sync + 'static,
{
    let words = move || error.get().map(|error| error.to_string());
    view! { <p class="form__error" role="alert" inner_html=live_text(words)></p> }
}
