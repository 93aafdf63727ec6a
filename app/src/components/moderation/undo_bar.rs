//! What was done last, with a button to undo it.

use super::row_interaction::UndoableAction;
use crate::{
    components::shared::{focus::go_on, live_text::live_text, server_call::use_server_call},
    live::{calls::bulk_moderation, page::feed::Feed, signals::views::*},
    words::{errors, moderation},
};

/// What was done last, with a button to undo it. It stays until it is dismissed or something else is done; the log can
/// undo the action later.
#[component]
pub fn UndoBar(
    /// The live session.
    feed: Feed,
    /// What was done last, and can be undone.
    done: RwSignal<Option<UndoableAction>>,
    /// What was done, for screen readers.
    said: RwSignal<String>,
) -> impl IntoView {
    let undoing = use_server_call();
    let error = undoing.error;
    let close = move || {
        if let Some(UndoableAction { about, .. }) = done.get_untracked() {
            done.set(None);
            go_on(".undo-bar", about);
        }
    };
    let undo = move |_| {
        let Some(UndoableAction { acts, .. }) = done.get_untracked() else {
            return;
        };
        undoing.start_and(
            bulk_moderation::undo_all(feed.code(), acts),
            move |undone| {
                feed.retry_now.run(());
                if undone.is_ok() {
                    said.set(moderation::UNDONE.to_owned());
                    close();
                }
            },
        );
    };
    let words = move || done.get().map(|done| done.words);
    view! {
        <div class="undo-bar" hidden=move || done.read().is_none()>
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
                    close();
                }
            >
                {moderation::DISMISS}
            </button>
        </div>
    }
    .into_any()
}
