//! The page for addresses that lead nowhere.

use leptos::prelude::*;

use crate::{clips::ClipsError, components::trouble::Trouble};

/// The page for addresses that lead nowhere.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Trouble
            error=ClipsError::NotFound
            words="There is no page at this address. Please check it, or type the session’s code."
        />
    }
}
