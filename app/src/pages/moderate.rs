//! The page of the moderators.

use leptos::prelude::*;

/// The page of the moderators.
#[component]
pub fn ModeratePage() -> impl IntoView {}
