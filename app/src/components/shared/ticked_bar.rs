//! The bar of what is ticked: how much that is, what can be done with it, and how to untick it.

use leptos::prelude::*;

use super::live_text::live_text;
use crate::words::moderation;

/// Such a bar, as a selector.
pub(crate) const TICKED_BAR: &str = ".bulk-actions";

/// The bar of what is ticked.
#[component]
pub fn TickedBar(
    /// Its name for screen readers.
    label: &'static str,
    /// How much is ticked, in words.
    ticked: impl Fn() -> String + Copy + Send + Sync + 'static,
    /// Unticks all of it.
    on_clear: impl Fn() + 'static,
    /// The buttons for what can be done with it.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="bulk-actions" role="group" aria-label=label>
            <span inner_html=live_text(ticked)></span>
            {children()}
            <button
                type="button"
                class="button button--quiet"
                on:click=move |_| on_clear()
            >
                {moderation::UNTICK_ALL}
            </button>
        </div>
    }
    .into_any()
}
