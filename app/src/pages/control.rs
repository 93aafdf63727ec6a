//! The page of the streamer.

use leptos::prelude::*;

/// The page of the streamer.
#[component]
pub fn ControlPage() -> impl IntoView {}
