//! The last bulk action, with a button to undo it.

use leptos::prelude::*;

use super::row_interaction::{RowInteraction, UndoableAction};
use crate::{
    components::shared::{live_text::live_text, server_call::use_server_call},
    live::{calls::bulk_moderation, page::feed::Feed},
    words::{errors, moderation},
};

/// The last bulk action, with a button to undo it. It stays until it is dismissed or something else is done; the log can
/// undo the action later.
#[component]
pub fn UndoBar(
    /// The live session.
    feed: Feed,
    /// What is being done with the rows.
    interaction: RowInteraction,
) -> impl IntoView {
    let undoing = use_server_call();
    let error = undoing.error;
    let undo = move |_| {
        let Some(UndoableAction { act, .. }) = interaction.done.get_untracked() else {
            return;
        };
        undoing.start_and(bulk_moderation::undo(feed.code(), act), move |undone| {
            feed.retry_now.run(());
            if undone.is_ok() {
                interaction.said.set(moderation::UNDONE.to_owned());
                interaction.done.set(None);
            }
        });
    };
    let words = move || interaction.done.get().map(|done| done.words);
    view! {
        <div class="undo-bar" hidden=move || interaction.done.read().is_none()>
            <span role="status" inner_html=live_text(words)></span>
            <span
                class="form__error"
                role="alert"
                inner_html=live_text(move || error.read().as_ref().map(errors::error))
            ></span>
            <button
                type="button"
                class="button"
                aria-busy=move || undoing.aria_busy()
                on:click=undo
            >
                {moderation::UNDO}
            </button>
            <button
                type="button"
                class="button button--quiet"
                on:click=move |_| {
                    error.set(None);
                    interaction.done.set(None);
                }
            >
                {moderation::DISMISS}
            </button>
        </div>
    }
    .into_any()
}
