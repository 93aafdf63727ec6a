//! A confirmation dialog.

use super::modal::use_modal;
use crate::{live::signals::views::*, words::session};

/// A confirmation dialog. It opens when `open` becomes true.
#[component]
pub fn Confirm(
    /// Whether it is open; reset when it was answered.
    open: RwSignal<bool>,
    /// The question.
    #[prop(into)]
    question: String,
    /// What happens after confirmation.
    #[prop(into)]
    explanation: String,
    /// The label of the button that confirms.
    #[prop(into)]
    yes: String,
    /// Called on confirmation.
    #[prop(into)]
    on_yes: Callback<()>,
    /// What exactly it is about, if that differs each time.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let dialog = use_modal(move || open.get(), || {});
    let answer = move |_| {
        open.set(false);
        on_yes.run(());
    };
    view! {
        <dialog
            node_ref=dialog
            class="dialog"
            aria-label=question
            on:close=move |_| open.set(false)
        >
            <h2>{question.clone()}</h2>
            {children.map(|children| children())}
            <p>{explanation}</p>
            <div class="dialog__actions">
                <button type="button" class="button" on:click=move |_| open.set(false)>
                    {session::CANCEL}
                </button>
                <button type="button" class="button button--danger" on:click=answer>
                    {yes}
                </button>
            </div>
        </dialog>
    }
}
