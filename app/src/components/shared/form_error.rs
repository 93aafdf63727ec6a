//! Why what was asked for did not work.

use leptos::prelude::*;

use super::live_text::live_text;
use crate::{service::ServiceError, words::errors};

/// Why what was asked for did not work, said aloud too; nothing where it did.
#[component]
pub fn FormError(
    /// Why.
    error: RwSignal<Option<ServiceError>>,
) -> impl IntoView {
    let words = move || error.read().as_ref().map(errors::error);
    view! { <p class="form__error" role="alert" inner_html=live_text(words)></p> }
}
