//! What stands beside the staff's list of moments: merging the ticked ones, the dialog, and undoing what was done last.

use super::moment_actions::MomentActions;
use crate::{
    components::{
        desk::{later::Later, part::Part},
        shared::live_text::live_text,
    },
    live::{page::feed::Feed, signals::views::*},
};

/// What stands beside the staff's list of moments. Empty while nothing is ticked and nothing was done.
#[component]
pub fn MomentTools(
    /// The live session.
    feed: Feed,
    /// What is being done with the moments.
    actions: MomentActions,
) -> impl IntoView {
    view! {
        <p
            class="visually-hidden"
            role="status"
            inner_html=live_text(move || actions.said.get())
        ></p>
        <div class="moment-tools">
            <Later
                part=Part::TickedMoments(actions)
                is_wanted=move || !actions.still_ticked.read().is_empty()
            />
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
