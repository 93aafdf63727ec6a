//! Edits the note of one timestamp in place: Enter saves, Escape cancels.

use leptos::html;

use crate::{
    api,
    components::shared::{
        form_error::FormError, live_text::live_text, server_call::use_server_call, shortcuts,
    },
    domain::{
        code::Code,
        text::Note,
        timestamp::{BeganAt, Timestamp, TimestampId},
    },
    live::{calls::retry, signals::views::*},
    service::ServiceError,
    words::{moderation, press},
};

/// Edits the note of one timestamp.
#[component]
pub fn NoteEditor(
    /// The session's code.
    code: Code,
    /// Whose note it is, as it stands when the editing begins.
    timestamp: Timestamp,
    /// It was saved.
    #[prop(into)]
    on_saved: Callback<()>,
    /// It was left as it was.
    #[prop(into)]
    on_cancel: Callback<()>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let before = timestamp.note.as_ref().map(ToString::to_string);
    let began_at = StoredValue::new(BeganAt {
        note: timestamp.note,
    });
    let typed = RwSignal::new(before.clone().unwrap_or_default());
    let (saving, code) = (use_server_call(), StoredValue::new(code));
    let (id, count_id) = ids(timestamp.id);
    field.on_load(|field| {
        request_animation_frame(move || {
            // It can only fail for an element that can't be focused.
            let _ = field.focus();
            field.select();
        });
    });
    let save = move || {
        let note = match Note::parse_optional(&typed.read_untracked()) {
            Ok(note) => note,
            Err(wrong) => return saving.refuse(wrong.into()),
        };
        let began = Some(began_at.get_value());
        let sent = note.clone().map(String::from);
        let save = api::timestamps::edit_note(code.get_value(), timestamp.id, sent, began);
        saving.start_and(retry::with_timeout(save), move |saved| match saved {
            // What was typed meanwhile is another edit, which begins from this one.
            Ok(()) if Note::parse_optional(&typed.read_untracked()) != Ok(note.clone()) => {
                began_at.set_value(BeganAt { note });
            }
            Ok(()) => {
                // A second Save of the same text may wait for its turn.
                saving.abandon();
                on_saved.run(());
            }
            // Having been shown the current note, a user who saves again means to replace it.
            Err(ServiceError::Edited { note }) => {
                began_at.set_value(BeganAt { note: note.clone() });
            }
            Err(_) => {}
        });
    };
    let left = move || Note::characters_left(&typed.read());
    view! {
        <form
            class="note-editor"
            on:submit=move |event| {
                event.prevent_default();
                saving.in_turn(save);
            }
            on:keydown=move |event| {
                if shortcuts::is_alone(&event, "Escape") {
                    event.prevent_default();
                    on_cancel.run(());
                }
            }
        >
            <label class="visually-hidden" for=id.clone()>
                {moderation::note_of(timestamp.offset_seconds)}
            </label>
            <input
                node_ref=field
                id=id
                dir="auto"
                class="input"
                value=before
                autocomplete="off"
                enterkeyhint="done"
                aria-describedby=count_id.clone()
                aria-invalid=move || (left() < 0).then_some("true")
                on:input=move |event| {
                    typed.set(event_target_value(&event));
                    saving.error.set(None);
                }
            />
            <span
                id=count_id
                class="field__count"
                class:field__count--over=move || left() < 0
                inner_html=live_text(move || press::characters_left(left()))
            ></span>
            <div class="form__row">
                <button
                    type="submit"
                    class="button button--primary"
                    aria-busy=move || saving.aria_busy()
                >
                    {moderation::SAVE}
                </button>
                <button
                    type="button"
                    class="button button--quiet"
                    on:click=move |_| on_cancel.run(())
                >
                    {moderation::CANCEL}
                </button>
            </div>
            <FormError error=saving.error />
        </form>
    }
    .into_any()
}

fn ids(id: TimestampId) -> (String, String) {
    (format!("edit-{}", id.0), format!("edit-left-{}", id.0))
}
