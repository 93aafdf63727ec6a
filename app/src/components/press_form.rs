//! The button "Clip that!", with its note and name.

use leptos::{ev, html, prelude::*};
use web_sys::HtmlInputElement;

use super::press_result::PressResult;
use crate::{
    clips::ClipsError,
    domain::{
        press::PressRefused,
        session::Status,
        text::{Name, Note, TextError},
        timestamp::TimestampId,
    },
    live::{
        feed::Feed,
        outbox::{Delivery, Unsent},
        storage,
        verdict::{self, Verdict},
    },
};

/// The button "Clip that!", with its note and name. A plain form until the scripts have come; what was typed before that
/// stays, since nothing but the reader and a saved press changes the fields.
#[component]
pub fn PressForm(
    /// The live session.
    feed: Feed,
    /// The id that the plain form sends.
    form_id: Option<TimestampId>,
    /// How the plain form's press went, on the page that follows it.
    #[prop(optional_no_strip)]
    told: Option<Verdict>,
    /// The note that it was refused with.
    #[prop(optional)]
    note: String,
    /// The name that it was refused with.
    #[prop(optional)]
    name: String,
) -> impl IntoView {
    let note_field = NodeRef::<html::Input>::new();
    let name_field = NodeRef::<html::Input>::new();
    let typed_note = RwSignal::new(note.clone());
    let status = Memo::new(move |_| feed.session.read().status.clone());
    // What is said below the button: how the latest press went, or what is wrong with what was typed.
    let said = RwSignal::new(told.filter(|told| told.holds(&status.read_untracked())));

    let needs_name = Memo::new(move |_| feed.session.read().rules.names_required);
    let press = move || match read(note_field.get_untracked(), name_field.get_untracked()) {
        Ok((_, None)) if needs_name.get_untracked() => {
            said.set(Some(Verdict::Refused {
                error: ClipsError::Press(PressRefused::NameMissing),
                note: None,
            }));
            if let Some(field) = name_field.get_untracked() {
                // It can only fail for an element that can't be focused.
                let _ = field.focus();
            }
        }
        Ok((note, name)) => {
            storage::remember_name(name.as_ref().map_or("", Name::as_str));
            feed.press.run((note, name));
            write(note_field, typed_note, "");
        }
        Err(error) => said.set(Some(Verdict::Refused {
            error: ClipsError::Invalid(error.to_string()),
            note: None,
        })),
    };
    let forget_objection = move || {
        if said.read_untracked().as_ref().is_some_and(is_objection) {
            said.set(None);
        }
    };
    Effect::new(move |_| {
        if let Some(field) = note_field.get_untracked() {
            typed_note.set(field.value());
        }
        if let (Some(field), Some(name)) = (name_field.get_untracked(), storage::name())
            && field.value().is_empty()
        {
            field.set_value(&name);
        }
        let listener = window_event_listener(ev::keydown, move |event| {
            if is_space_for_the_page(&event) {
                event.prevent_default();
                press();
            }
        });
        on_cleanup(move || listener.remove());
    });
    Effect::new(move |before: Option<()>| {
        let verdict = feed.verdict.get();
        // What was there before this form is no news.
        if before.is_none() {
            return;
        }
        // A refusal keeps the note: it goes back where it was typed, unless something else stands there by now.
        if let Some(Verdict::Refused {
            error,
            note: Some(note),
        }) = &verdict
            && !verdict::is_about_its_moment(error)
            && typed_note.read_untracked().is_empty()
        {
            write(note_field, typed_note, note.as_str());
            // Read to the end before the first one goes: what is being read can't be changed.
            let refused = refused_with(feed.outbox.read_untracked().presses(), note);
            refused.into_iter().for_each(|id| feed.dismiss.run(id));
        }
        said.set(verdict);
    });
    // What is said goes with its cause. The news can come before the status that it is about, so only a change counts.
    Effect::new(move |before: Option<Status>| {
        let now = status.get();
        let is_over = || {
            let said = said.read_untracked();
            said.as_ref().is_some_and(|said| !said.holds(&now))
        };
        if before.is_some_and(|before| before != now) && is_over() {
            said.set(None);
        }
        now
    });
    let is_active = Memo::new(move |_| matches!(*status.read(), Status::Active { .. }));
    // A refused press with a line of its own is told there.
    let result = Signal::derive(move || {
        let has_line = || {
            feed.outbox
                .read()
                .presses()
                .iter()
                .any(is_refused_with_line)
        };
        let is_told = |said: &Verdict| {
            matches!(said, Verdict::Refused { .. }) && !is_objection(said) && has_line()
        };
        said.get().filter(|said| !is_told(said))
    });

    view! {
        <form
            class="press-form"
            method="post"
            action=format!("/s/{}", feed.code())
            on:submit=move |event| {
                event.prevent_default();
                press();
            }
        >
            {form_id.map(|id| view! { <input type="hidden" name="id" value=id.0.to_string() /> })}
            // It can be pressed while the stream is paused too: the page may not know yet that it goes on.
            <button
                type="submit"
                class="press-button"
                class:press-button--closed=move || !is_active.get()
            >
                <span class="press-button__label">"Clip that!"</span>
                <span class="press-button__hint needs-scripts">"or press the space bar"</span>
            </button>
            <PressResult result audience=feed.audience />
            <div class="field">
                <label for="note">"What happened?"</label>
                <input
                    node_ref=note_field
                    id="note"
                    dir="auto"
                    name="note"
                    class="input"
                    value=note
                    placeholder="optional"
                    autocomplete="off"
                    enterkeyhint="send"
                    aria-describedby="note-left"
                    aria-invalid=move || (left(&typed_note.read()) < 0).then_some("true")
                    on:input=move |event| {
                        typed_note.set(event_target_value(&event));
                        forget_objection();
                    }
                />
                <span
                    id="note-left"
                    class="field__count needs-scripts"
                    class:field__count--over=move || left(&typed_note.read()) < 0
                >
                    {move || left_in_words(left(&typed_note.read()))}
                </span>
            </div>
            <div class="field">
                <label for="name">"Your name"</label>
                <input
                    node_ref=name_field
                    id="name"
                    dir="auto"
                    name="name"
                    class="input"
                    value=name
                    placeholder=move || if needs_name.get() { "asked for by the streamer" } else { "optional" }
                    aria-required=move || needs_name.get().then_some("true")
                    autocomplete="nickname"
                    on:input=move |_| forget_objection()
                />
            </div>
        </form>
    }
    .into_any()
}

fn left(typed: &str) -> i64 {
    Note::characters_left(typed)
}

/// How many characters are left, in words.
pub(super) fn left_in_words(left: i64) -> String {
    match left {
        ..0 => format!("{} too many", -left),
        1 => "1 character left".to_owned(),
        0.. => format!("{left} characters left"),
    }
}

/// Whether it tells that what was typed can't be sent: it goes with the next keystroke.
fn is_objection(said: &Verdict) -> bool {
    matches!(
        said,
        Verdict::Refused {
            error: ClipsError::Invalid(_) | ClipsError::Press(PressRefused::NameMissing),
            ..
        }
    )
}

/// Whether a line of its own tells why this press was refused.
fn is_refused_with_line(press: &Unsent) -> bool {
    matches!(press.delivery, Delivery::Refused(_)) && verdict::has_own_line(press)
}

/// The presses that were refused with this note.
fn refused_with(presses: &[Unsent], note: &Note) -> Vec<TimestampId> {
    let refused = presses.iter().filter(|press| {
        matches!(press.delivery, Delivery::Refused(_)) && press.note.as_ref() == Some(note)
    });
    refused.map(|press| press.id).collect()
}

fn read(
    note: Option<HtmlInputElement>,
    name: Option<HtmlInputElement>,
) -> Result<(Option<Note>, Option<Name>), TextError> {
    let value = |field: Option<HtmlInputElement>| field.map(|field| field.value());
    let note = Note::parse_optional(&value(note).unwrap_or_default())?;
    let name = Name::parse_optional(&value(name).unwrap_or_default())?;
    Ok((note, name))
}

fn write(field: NodeRef<html::Input>, typed: RwSignal<String>, text: &str) {
    if let Some(field) = field.get_untracked() {
        field.set_value(text);
    }
    typed.set(text.to_owned());
}

/// Whether this is a space bar that nothing on the page takes for itself: no field that is typed in, no focused button.
fn is_space_for_the_page(event: &ev::KeyboardEvent) -> bool {
    use wasm_bindgen::JsCast;

    let is_plain_space = event.key() == " "
        && !event.repeat()
        && !event.ctrl_key()
        && !event.alt_key()
        && !event.meta_key();
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let takes_it = target.is_some_and(|element| {
        const TAKERS: &str =
            "input, textarea, select, button, summary, a, dialog, [contenteditable], [role=button]";
        element.closest(TAKERS).is_ok_and(|taker| taker.is_some())
    });
    is_plain_space && !takes_it
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_says_how_many_are_left_or_too_many() {
        let words = [100, 1, 0, -3].map(left_in_words);
        insta::assert_snapshot!(words.join(", "), @"100 characters left, 1 character left, 0 characters left, 3 too many");
    }
}
