//! Why a request failed.

use super::live_text::live_text;
use crate::{live::signals::views::*, service::ServiceError, words::errors};

/// Why a request failed, announced too; empty if it didn't.
#[component]
pub fn FormError(
    /// Why.
    error: RwSignal<Option<ServiceError>>,
) -> impl IntoView {
    let words = move || error.read().as_ref().map(errors::error);
    view! { <p class="form__error" role="alert" inner_html=live_text(words)></p> }
}
