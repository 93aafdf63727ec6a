//! The bar of what is marked: how much that is, what can be done with it, and how to unmark it.

use leptos::prelude::*;

use super::live_text::live_text;
use crate::words::moderation;

/// Such a bar, as a selector.
pub(crate) const MARKED_BAR: &str = ".bulk-actions";

/// The bar of what is marked.
#[component]
pub fn MarkedBar(
    /// Its name for screen readers.
    label: &'static str,
    /// How much is marked, in words.
    marked: impl Fn() -> String + Copy + Send + Sync + 'static,
    /// Unmarks all of it.
    on_clear: impl Fn() + 'static,
    /// The buttons for what can be done with it.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="bulk-actions" role="group" aria-label=label>
            <span inner_html=live_text(marked)></span>
            {children()}
            <button
                type="button"
                class="button button--quiet"
                on:click=move |_| on_clear()
            >
                {moderation::UNMARK_ALL}
            </button>
        </div>
    }
    .into_any()
}
