//! Edits the note of one timestamp in place: Enter saves, Escape cancels.

use leptos::html;

use super::{note_drafts::NoteDraft, row_interaction::RowInteraction};
use crate::{
    api,
    components::shared::{
        form_error::FormError, live_text::live_text, server_call::use_server_call, shortcuts,
    },
    domain::{
        text::Note,
        timestamp::{BeganAt, Timestamp, TimestampId},
    },
    live::{calls::retry, page::feed::Feed, signals::views::*},
    service::ServiceError,
    words::{moderation, press},
};

/// Edits the note of one timestamp.
#[component]
pub fn NoteEditor(
    /// The live session.
    feed: Feed,
    /// What is being done with the rows.
    interaction: RowInteraction,
    /// Whose note it is, as it stands when the editing begins.
    timestamp: Timestamp,
    /// It was saved or cancelled.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let (row, at) = (timestamp.id, timestamp.offset_seconds);
    let drafts = interaction.drafts;
    let draft = drafts.with_value(|drafts| drafts.of(row).cloned());
    let draft = draft.unwrap_or_else(|| NoteDraft {
        typed: timestamp
            .note
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        began_at: BeganAt {
            note: timestamp.note,
        },
    });
    let began_at = StoredValue::new(draft.began_at);
    let typed = RwSignal::new(draft.typed.clone());
    let saving = use_server_call();
    saving.forgets_absence(feed);
    let now = move || NoteDraft {
        began_at: began_at.get_value(),
        typed: typed.get_untracked(),
    };
    let keep = move || drafts.update_value(|drafts| drafts.keep(row, now()));
    let close = move || {
        drafts.update_value(|drafts| drafts.remove(row));
        on_close.run(());
    };
    let (id, count_id) = ids(row);
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
        let draft = now();
        let began = Some(draft.began_at.clone());
        let (sent, saved_note) = (note.clone().map(String::from), note.clone());
        let call = api::timestamps::edit_note(feed.code(), row, sent, began);
        drafts.update_value(|drafts| drafts.remove(row));
        let save = async move {
            let saved = retry::with_timeout(call).await;
            // The page may be left by now.
            drafts.try_update_value(|drafts| match &saved {
                Ok(()) => drafts.saved(row, saved_note),
                Err(_) => drafts.put_back(row, draft),
            });
            // The editor may be closed by now, and no longer hears of it.
            let is_open = typed.try_with_untracked(|_| ()).is_some();
            interaction.note_answered(feed, (row, at), is_open, &saved);
            saved
        };
        saving.start_and(save, move |saved| match saved {
            // What was typed meanwhile is another edit, which begins from this one.
            Ok(()) if Note::parse_optional(&typed.read_untracked()) != Ok(note.clone()) => {
                began_at.set_value(BeganAt { note });
                keep();
            }
            Ok(()) => {
                // A second Save of the same text may wait for its turn.
                saving.abandon();
                close();
            }
            // Having been shown the current note, a user who saves again means to replace it.
            Err(ServiceError::Edited { note }) => {
                began_at.set_value(BeganAt { note: note.clone() });
                keep();
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
                    close();
                }
            }
        >
            <label class="visually-hidden" for=id.clone()>
                {moderation::note_of(at)}
            </label>
            <input
                node_ref=field
                id=id
                dir="auto"
                class="input"
                value=draft.typed
                autocomplete="off"
                enterkeyhint="done"
                aria-describedby=count_id.clone()
                aria-invalid=move || (left() < 0).then_some("true")
                on:input=move |event| {
                    typed.set(event_target_value(&event));
                    keep();
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
                    on:click=move |_| close()
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
