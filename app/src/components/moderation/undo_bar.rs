//! What was done last, with a button to undo it.

use super::{log_changes::use_log_changes, log_pages::Log, row_interaction::UndoableAction};
use crate::{
    components::shared::{focus::go_on, live_text::live_text, server_call::use_server_call},
    live::{
        calls::bulk_moderation, connection::state_machine::Connection, page::feed::Feed,
        signals::views::*,
    },
    words::{errors, moderation},
};

/// What was done last, with a button to undo it. It stays until it is dismissed, something else is done, or the log tells
/// that it was undone elsewhere; the log can undo the action later.
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
    undoing.forgets_absence(feed);
    let close = move || {
        if let Some(UndoableAction { about, .. }) = done.get_untracked() {
            done.set(None);
            go_on(".undo-bar", about);
        }
    };
    // What was said of one action is not said of the next. The bar is only shown now: what it tells is no change within an
    // element that was there before.
    Effect::new(move |_| {
        if let Some(done) = &*done.read() {
            said.set(done.words.clone());
        }
        undoing.abandon();
        error.set(None);
    });
    let looking = use_server_call();
    let look = move |()| {
        looking.start(Log::load(feed.code(), 1), move |log| {
            let is_undone = done.with_untracked(|done| {
                let acts = done.as_ref().map(|done| &done.acts);
                acts.is_some_and(|acts| log.has_undone(acts))
            });
            if is_undone && !undoing.is_busy_untracked() {
                said.set(moderation::UNDONE.to_owned());
                close();
            }
        });
    };
    let is_followed =
        move || done.read().is_some() && !matches!(feed.connection.get(), Connection::Ended(_));
    use_log_changes(feed, Signal::derive(is_followed), Callback::new(look));
    let undo = move |_| {
        let Some(action) = done.get_untracked() else {
            return;
        };
        let code = feed.code();
        let call = async move {
            let undone = bulk_moderation::undo_all(code, action.acts.clone()).await;
            // The bar may tell of another action by now, and then hears nothing of this one.
            let is_told = done.try_with_untracked(|done| done.as_ref() == Some(&action));
            if let (Err(error), Some(false)) = (&undone, is_told) {
                said.try_set(moderation::not_undone(&action.words, error));
            }
            undone
        };
        undoing.start_and(call, move |undone| {
            feed.retry_now.run(());
            if undone.is_ok() {
                said.set(moderation::UNDONE.to_owned());
                close();
            }
        });
    };
    let words = move || done.get().map(|done| done.words);
    view! {
        <div class="undo-bar" hidden=move || done.read().is_none()>
            <span inner_html=live_text(words)></span>
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
                on:click=move |_| close()
            >
                {moderation::DISMISS}
            </button>
        </div>
    }
    .into_any()
}
