//! A dialog about the viewer who made a timestamp: hide all of theirs, or block them.

use leptos::prelude::*;

use super::{
    row_actions::way_to,
    row_interaction::{RowInteraction, UndoableAction},
};
use crate::{
    api,
    components::shared::{
        form_error::FormError, live_text::live_text, modal::use_modal, server_call::use_server_call,
    },
    live::{browser::random, page::feed::Feed},
    words::moderation,
};

/// A dialog about the viewer who made a timestamp. It opens when `interaction.about` names one.
#[component]
pub fn VisitorDialog(
    /// The live session.
    feed: Feed,
    /// What is being done with the rows.
    interaction: RowInteraction,
) -> impl IntoView {
    let asking = use_server_call();
    let is_asked = move || interaction.about.read().is_some();
    let dialog = use_modal(is_asked, move || asking.error.set(None));
    let ask = move |kind: ActionKind| {
        let Some(timestamp) = interaction.about.get_untracked() else {
            return;
        };
        let (code, id, act) = (feed.code(), timestamp.id, random::moderation_id());
        let call = async move {
            match kind {
                ActionKind::HideAll => api::moderation::hide_visitor(code, id, act).await,
                ActionKind::Block => api::moderation::block(code, id, act).await,
            }
        };
        asking.start(call, move |()| {
            feed.retry_now.run(());
            let words = match kind {
                ActionKind::HideAll => moderation::viewer_hidden(&timestamp),
                ActionKind::Block => moderation::viewer_blocked(&timestamp),
            };
            interaction.done.set(Some(UndoableAction {
                acts: vec![act],
                words,
                about: way_to(Some(id)),
            }));
            interaction.about.set(None);
        });
    };
    let heading = move || {
        interaction
            .about
            .get()
            .map(|timestamp| moderation::viewer(&timestamp))
    };
    view! {
        <dialog
            node_ref=dialog
            class="dialog dialog--wide"
            aria-labelledby="visitor"
            on:close=move |_| interaction.about.set(None)
        >
            <h2 id="visitor" inner_html=live_text(heading)></h2>
            <p>{moderation::VIEWER_EXPLANATION}</p>
            <FormError error=asking.error />
            <div class="dialog__actions">
                <button
                    type="button"
                    class="button"
                    on:click=move |_| interaction.about.set(None)
                >
                    {moderation::CANCEL}
                </button>
                <button
                    type="button"
                    class="button button--danger"
                    aria-busy=move || asking.aria_busy()
                    on:click=move |_| ask(ActionKind::HideAll)
                >
                    {moderation::HIDE_ALL_OF_THEIRS}
                </button>
                <button
                    type="button"
                    class="button button--danger"
                    aria-busy=move || asking.aria_busy()
                    on:click=move |_| ask(ActionKind::Block)
                >
                    {moderation::BLOCK_THEM}
                </button>
            </div>
        </dialog>
    }
    .into_any()
}

/// What can be done about a viewer.
#[derive(Clone, Copy)]
enum ActionKind {
    HideAll,
    Block,
}
