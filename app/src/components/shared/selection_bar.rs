//! The bar of a selection: how much is selected, what can be done with it, and how to clear it.

use leptos::prelude::*;

use super::live_text::live_text;
use crate::words::moderation;

/// Such a bar, as a selector.
pub(crate) const SELECTION_BAR: &str = ".bulk-actions";

/// The bar of a selection.
#[component]
pub fn SelectionBar(
    /// Its name for screen readers.
    label: &'static str,
    /// How much is selected, in words.
    selected: impl Fn() -> String + Copy + Send + Sync + 'static,
    /// Clears the selection.
    on_clear: impl Fn() + 'static,
    /// The buttons for what can be done with it.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="bulk-actions" role="group" aria-label=label>
            <span inner_html=live_text(selected)></span>
            {children()}
            <button
                type="button"
                class="button button--quiet"
                on:click=move |_| on_clear()
            >
                {moderation::CLEAR_SELECTION}
            </button>
        </div>
    }
    .into_any()
}
