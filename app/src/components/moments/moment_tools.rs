//! What stands beside the staff's list of moments: merging the marked ones, the dialog, and undoing what was done last.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::{moment_actions::MomentActions, moment_editor::MomentEditor};
use crate::{
    components::{moderation::undo_bar::UndoBar, shared::live_text::live_text},
    live::page::feed::Feed,
    words::{moderation, moments as words},
};

/// What stands beside the staff's list of moments. Empty while nothing is marked and nothing was done.
#[component]
pub fn MomentTools(
    /// The live session.
    feed: Feed,
    /// What is being done with the moments.
    actions: MomentActions,
) -> impl IntoView {
    let count = Memo::new(move |_| actions.still_marked.read().len());
    view! {
        <p
            class="visually-hidden"
            role="status"
            inner_html=live_text(move || actions.said.get())
        ></p>
        <Show when=move || count.get() != 0>
            <div class="bulk-actions" role="group" aria-label=words::MARKED>
                <span inner_html=live_text(move || words::marked(count.get()))></span>
                <Show when=move || (2..).contains(&count.get())>
                    <button type="button" class="button" on:click=move |_| actions.merge()>
                        {words::MERGE}
                    </button>
                </Show>
                <button
                    type="button"
                    class="button button--quiet"
                    on:click=move |_| actions.marked.update(BTreeSet::clear)
                >
                    {moderation::CLEAR_SELECTION}
                </button>
            </div>
        </Show>
        <UndoBar feed done=actions.done said=actions.said />
        <MomentEditor actions feed />
    }
    .into_any()
}
