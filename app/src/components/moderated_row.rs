//! One row of the moderators' list: hide, restore, edit the note.

use leptos::{prelude::*, task::spawn_local};

use super::{note_editor::NoteEditor, timestamp_row::TimestampRow};
use crate::{
    api,
    clips::ClipsError,
    domain::{code::Code, timestamp::Timestamp},
};

/// One row of the moderators' list.
#[component]
pub fn ModeratedRow(
    /// The session.
    code: Code,
    /// What it shows.
    timestamp: Timestamp,
    /// Tells what went wrong, where something did.
    #[prop(into)]
    on_error: Callback<Option<ClipsError>>,
) -> impl IntoView {
    let is_editing = RwSignal::new(false);
    move || {
        if is_editing.get() {
            view! {
                <li class="timestamp timestamp--editing">
                    <span class="timestamp__offset">{timestamp.offset_seconds.to_string()}</span>
                    " "
                    <NoteEditor
                        code=code.clone()
                        timestamp=timestamp.clone()
                        on_close=move |()| is_editing.set(false)
                    />
                </li>
            }
            .into_any()
        } else {
            let (id, hidden) = (timestamp.id, timestamp.hidden);
            let offset = timestamp.offset_seconds;
            let toggle = {
                let code = code.clone();
                move |_| {
                    let code = code.clone();
                    spawn_local(async move {
                        let done = if hidden {
                            api::timestamps::restore(code, vec![id]).await
                        } else {
                            api::timestamps::hide(code, vec![id]).await
                        };
                        on_error.run(done.err());
                    });
                }
            };
            view! {
                <TimestampRow timestamp=timestamp.clone() with_segment=false>
                    <button
                        type="button"
                        class="button button--quiet"
                        on:click=move |_| is_editing.set(true)
                    >
                        "Edit note"
                        <span class="visually-hidden">{format!(" of {offset}")}</span>
                    </button>
                    <button type="button" class="button button--quiet" on:click=toggle>
                        {if hidden { "Restore" } else { "Hide" }}
                        <span class="visually-hidden">{format!(" {offset}")}</span>
                    </button>
                </TimestampRow>
            }
            .into_any()
        }
    }
}
