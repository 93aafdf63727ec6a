//! What was just done to many rows, and the button that undoes it.

use leptos::{prelude::*, task::spawn_local};

use super::{
    hands::{DoneAct, Hands},
    live_text::live_text,
};
use crate::{
    clips::ClipsError,
    live::{deed, feed::Feed},
};

/// What was just done to many rows, and the button that undoes it. It stays until it is answered or something else is done;
/// the log can undo it later.
#[component]
pub fn UndoBar(
    /// The live session.
    feed: Feed,
    /// What is being done with the rows.
    hands: Hands,
) -> impl IntoView {
    let error = RwSignal::new(None::<ClipsError>);
    let is_busy = RwSignal::new(false);
    let undo = move |_| {
        let Some(DoneAct { act, .. }) = hands.done.get_untracked() else {
            return;
        };
        if is_busy.get_untracked() {
            return;
        }
        error.set(None);
        is_busy.set(true);
        spawn_local(async move {
            let answer = deed::undo(feed.code(), act).await;
            if is_busy.try_set(false).is_some() {
                return;
            }
            feed.nudge.run(());
            if answer.is_ok() {
                hands.said.set("It is undone.".to_owned());
                hands.done.set(None);
            }
            error.set(answer.err());
        });
    };
    let words = move || hands.done.get().map(|done| done.words);
    view! {
        <div class="undo-bar" hidden=move || hands.done.read().is_none()>
            <span role="status" inner_html=live_text(words)></span>
            <span
                class="form__error"
                role="alert"
                inner_html=live_text(move || error.get().map(|error| error.to_string()))
            ></span>
            <button
                type="button"
                class="button"
                aria-busy=move || is_busy.get().then_some("true")
                on:click=undo
            >
                "Undo"
            </button>
            <button
                type="button"
                class="button button--quiet"
                on:click=move |_| {
                    error.set(None);
                    hands.done.set(None);
                }
            >
                "Dismiss"
            </button>
        </div>
    }
    .into_any()
}
