//! The page for addresses that lead nowhere.

use leptos::prelude::*;

use crate::{clips::ClipsError, components::trouble::Trouble};

/// The page for addresses that lead nowhere.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <Trouble error=ClipsError::NotFound /> }
}
