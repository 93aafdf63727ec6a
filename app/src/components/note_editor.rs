//! Edits the note of one timestamp, in its row.

use leptos::{ev, html, prelude::*, task::spawn_local};

use crate::{
    api,
    clips::ClipsError,
    domain::{code::Code, text::Note, timestamp::Timestamp},
};

/// Edits the note of one timestamp. Enter saves, Escape gives up.
#[component]
pub fn NoteEditor(
    /// The session.
    code: Code,
    /// The timestamp.
    timestamp: Timestamp,
    /// It is saved, or given up.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let note = timestamp
        .note
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let typed = RwSignal::new(note.clone());
    let error = RwSignal::new(None::<ClipsError>);
    let id = timestamp.id;
    let (input_id, left_id) = (format!("edit-{}", id.0), format!("left-{}", id.0));
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let note = match Note::parse_optional(&typed.read_untracked()) {
            Ok(note) => note,
            Err(wrong) => return error.set(Some(ClipsError::Invalid(wrong.to_string()))),
        };
        let code = code.clone();
        spawn_local(async move {
            match api::timestamps::edit_note(code, id, note).await {
                Ok(()) => on_close.run(()),
                Err(refusal) => error.set(Some(refusal)),
            }
        });
    };
    let left = move || Note::characters_left(&typed.read());
    view! {
        <form
            class="note-editor"
            on:submit=save
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    on_close.run(());
                }
            }
        >
            <label class="visually-hidden" for=input_id.clone()>
                {format!("Note of {}", timestamp.offset_seconds)}
            </label>
            <input
                node_ref=field
                id=input_id
                class="input"
                value=note
                autocomplete="off"
                aria-describedby=left_id.clone()
                aria-invalid=move || (left() < 0).then_some("true")
                on:input=move |event| typed.set(event_target_value(&event))
            />
            <span id=left_id class="field__count" class:field__count--over=move || left() < 0>
                {move || format!("{} characters left", left())}
            </span>
            <div class="form__row">
                <button type="submit" class="button button--primary">
                    "Save"
                </button>
                <button type="button" class="button button--quiet" on:click=move |_| on_close.run(())>
                    "Cancel"
                </button>
            </div>
            <p class="form__error" role="alert">
                {move || error.get().map(|error| error.to_string())}
            </p>
        </form>
    }
}
