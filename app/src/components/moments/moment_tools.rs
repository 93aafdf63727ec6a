//! What stands beside the staff's list of moments: merging the marked ones, the dialog, and undoing what was done last.

use std::collections::HashSet;

use super::{
    merging::Merging,
    moment_actions::{MomentActions, way_to},
};
use crate::{
    components::{
        desk::{later::Later, part::Part},
        shared::{
            focus::go_on,
            form_error::FormError,
            live_text::live_text,
            selection_bar::{SELECTION_BAR, SelectionBar},
        },
    },
    live::{page::feed::Feed, signals::views::*},
    words::moments as words,
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
    // In the place of the button.
    let hint = move || {
        let is_impossible = actions.merging() == Merging::OtherSegments;
        is_impossible.then_some(words::OTHER_SEGMENTS)
    };
    view! {
        <p
            class="visually-hidden"
            role="status"
            inner_html=live_text(move || actions.said.get())
        ></p>
        <div class="moment-tools">
            <Show when=move || count.get() != 0>
                <SelectionBar
                    label=words::MARKED
                    selected=move || words::marked(count.get())
                    on_clear=move || {
                        let first = actions.still_marked.read_untracked().iter().next().copied();
                        actions.marked.update(HashSet::clear);
                        actions.merge_error().set(None);
                        if let Some(first) = first {
                            go_on(SELECTION_BAR, way_to(first, None));
                        }
                    }
                >
                    <p class="field__hint" role="status" inner_html=live_text(hint)></p>
                    <Show when=move || actions.merging() == Merging::Possible>
                        <button type="button" class="button" on:click=move |_| actions.merge()>
                            {words::MERGE}
                        </button>
                    </Show>
                </SelectionBar>
                <FormError error=actions.merge_error() />
            </Show>
            <Later
                part=Part::UndoBar { feed, done: actions.done, said: actions.said }
                is_wanted=move || actions.done.read().is_some()
            />
        </div>
        <Later
            part=Part::MomentEditor { actions, feed }
            is_wanted=move || actions.editing.get().is_some()
        />
    }
    .into_any()
}
