//! The first page: what this is, a session to open, a code to follow, and the sessions that this browser controls.

use leptos::prelude::*;

/// The first page.
#[component]
pub fn HomePage() -> impl IntoView {}
