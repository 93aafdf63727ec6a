//! What stands beside the staff's list of moments: merging the marked ones, the dialog, and undoing what was done last.

use std::collections::HashSet;

use super::moment_actions::{MomentActions, way_to};
use crate::{
    components::{
        desk::{later::Later, part::Part},
        shared::{
            focus::go_on,
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
                        if let Some(first) = first {
                            go_on(SELECTION_BAR, way_to(first, None));
                        }
                    }
                >
                    <Show when=move || (2..).contains(&count.get())>
                        <button type="button" class="button" on:click=move |_| actions.merge()>
                            {words::MERGE}
                        </button>
                    </Show>
                </SelectionBar>
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
