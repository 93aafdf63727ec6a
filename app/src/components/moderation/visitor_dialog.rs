//! A dialog about the viewer who made a timestamp: hide all of theirs, or block them.

use std::collections::HashSet;

use super::{
    row_actions::{VIEWER, way_to, way_to_button},
    row_interaction::{RowInteraction, UndoableAction},
};
use crate::{
    api,
    components::shared::{
        focus::go_on, form_error::FormError, live_text::live_text, modal::use_modal,
        server_call::use_server_call,
    },
    domain::{moderation::ModerationId, timestamp::TimestampId},
    live::{browser::random, calls::retry, page::feed::Feed, signals::views::*},
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
    asking.forgets_absence(feed);
    // The rows about whose viewers the server is asked: by the time of the answer, the dialog may be about another one.
    let busy = RwSignal::<HashSet<TimestampId>>::default();
    let asked = move || interaction.about.read().as_ref().map(|row| row.id);
    // The ids stay the same while the dialog is open, so that trying again after a lost answer is no second action: only the
    // last one could be undone.
    let acts = StoredValue::new(None::<Acts>);
    let renew = move || acts.set_value(Some(Acts::new()));
    let opened_from = StoredValue::new(None::<TimestampId>);
    let dialog = use_modal(
        move || asked().is_some(),
        move || {
            opened_from.set_value(untrack(asked));
            asking.error.set(None);
            renew();
        },
    );
    let ask = move |measure: Measure| {
        let (Some(timestamp), Some(acts)) = (interaction.about.get_untracked(), acts.get_value())
        else {
            return;
        };
        let (code, id) = (feed.code(), timestamp.id);
        if busy.read_untracked().contains(&id) {
            return;
        }
        busy.update(|busy| {
            busy.insert(id);
        });
        asking.error.set(None);
        interaction.clear_failure(id);
        let act = match measure {
            Measure::HideAll => acts.hide_all,
            Measure::Block => acts.block,
        };
        let call = async move {
            let ask = || {
                let code = code.clone();
                async move {
                    match measure {
                        Measure::HideAll => api::moderation::hide_visitor(code, id, act).await,
                        Measure::Block => api::moderation::block(code, id, act).await,
                    }
                }
            };
            Ok(retry::with_retry(ask).await)
        };
        asking.beside(call, move |answer| {
            busy.update(|busy| {
                busy.remove(&id);
            });
            let is_shown = untrack(asked) == Some(id);
            match answer {
                Ok(Ok(())) => {
                    feed.retry_now.run(());
                    let words = match measure {
                        Measure::HideAll => moderation::viewer_hidden(&timestamp),
                        Measure::Block => moderation::viewer_blocked(&timestamp),
                    };
                    interaction.done.set(Some(UndoableAction {
                        acts: vec![act],
                        words,
                        about: way_to(Some(id)),
                    }));
                    if is_shown {
                        interaction.about.set(None);
                    }
                }
                Ok(Err(refusal)) if is_shown => {
                    if !refusal.is_retryable() {
                        renew();
                    }
                    asking.error.set(Some(refusal));
                }
                Ok(Err(refusal)) => interaction.refuse(id, refusal),
                Err(_) => {}
            }
        });
    };
    let aria_busy = move || {
        let is_busy = asked().is_some_and(|id| busy.read().contains(&id));
        is_busy.then_some("true")
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
            on:close=move |_| {
                interaction.about.set(None);
                // The row may have been drawn again meanwhile, or be out of sight.
                if let Some(row) = opened_from.get_value() {
                    go_on("dialog", way_to_button(row, VIEWER));
                }
            }
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
                    aria-busy=aria_busy
                    on:click=move |_| ask(Measure::HideAll)
                >
                    {moderation::HIDE_ALL_OF_THEIRS}
                </button>
                <button
                    type="button"
                    class="button button--danger"
                    aria-busy=aria_busy
                    on:click=move |_| ask(Measure::Block)
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
enum Measure {
    HideAll,
    Block,
}

/// The id of each measure's action.
#[derive(Clone, Copy)]
struct Acts {
    hide_all: ModerationId,
    block: ModerationId,
}

impl Acts {
    fn new() -> Self {
        Self {
            hide_all: random::moderation_id(),
            block: random::moderation_id(),
        }
    }
}
