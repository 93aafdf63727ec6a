//! What was just done to many rows, and the button that undoes it.

use leptos::{prelude::*, task::spawn_local};

use super::watch_row::{DoneAct, Hands};
use crate::{api, clips::ClipsError, live::feed::Feed};

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
    let undo = move |_| {
        let Some(DoneAct { act, .. }) = hands.done.get_untracked() else {
            return;
        };
        error.set(None);
        spawn_local(async move {
            match api::moderation::undo(feed.code(), act).await {
                Ok(()) => {
                    feed.nudge.run(());
                    hands.said.try_set("It is undone.".to_owned());
                    hands.done.try_set(None);
                }
                Err(refusal) => {
                    error.try_set(Some(refusal));
                }
            }
        });
    };
    let words = move || hands.done.get().map(|done| done.words);
    view! {
        <div class="undo-bar" hidden=move || hands.done.read().is_none()>
            <span role="status">{words}</span>
            <span class="form__error" role="alert">
                {move || error.get().map(|error| error.to_string())}
            </span>
            <button type="button" class="button" on:click=undo>
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
