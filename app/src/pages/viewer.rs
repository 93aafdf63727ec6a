//! The viewers' page: one large button, and the list that it grows.

use leptos::prelude::*;

/// The viewers' page.
#[component]
pub fn ViewerPage() -> impl IntoView {}
