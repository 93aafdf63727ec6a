//! The button "Clip that!", with its note and name.
//!
//! The form is never rendered again: on the viewers' page it is the server's permanently, and works on its own without the
//! app. The app listens on the whole document, and looks up the form's elements by id whenever it needs them.

use std::borrow::Cow;

use leptos::ev;
use web_sys::{Element, HtmlElement};

use super::{
    feedback,
    missing_name::use_missing_name,
    press_fields::{
        BUTTON, FORM, NAME, NOTE, NOTE_LEFT, RESULT, element, fill, is_for_the_page, is_of,
        is_shown, label_of, left_class, read, use_erasure, value, write_note,
    },
    press_labels::PressLabels,
};
use crate::{
    components::shared::{
        one_intention::{ONE_INTENTION_MS, is_same_intention},
        shortcuts,
        updates::{self, Update},
    },
    domain::{
        invalid_input::InvalidInput,
        labels::LabelId,
        press::PressRefused,
        role::Audience,
        session::{Session, Status},
        text::{Name, Note},
        timestamp::TimestampId,
    },
    live::{
        browser::storage,
        clock,
        page::feed::Feed,
        press::{
            outbox::{Delivery, PendingPress, Pressing},
            outcome::{self, PressOutcome},
        },
        signals::*,
    },
    service::ServiceError,
    words,
};

/// The form as it appears in the document.
#[component]
pub fn PressForm(
    /// The live session.
    feed: Feed,
    /// The id that the plain form sends.
    form_id: Option<TimestampId>,
    /// The outcome of the plain form's press, on the page that follows it.
    #[prop(optional_no_strip)]
    told: Option<PressOutcome>,
    /// The note that it was refused with.
    #[prop(optional)]
    note: String,
    /// The name that it was refused with.
    #[prop(optional)]
    name: String,
) -> impl IntoView {
    let session = feed.session.read_untracked();
    let told = told.filter(|told| told.holds(&session.status));
    let left = Note::characters_left(&note);
    view! {
        <form
            id=FORM
            class="press-form"
            method="post"
            action=format!("/s/{}", feed.code())
            hidden=!is_open(&session.status)
        >
            {form_id.map(|id| view! { <input type="hidden" name="id" value=id.0.to_string() /> })}
            // It works while the stream is paused too: the page may not know yet that it has resumed.
            <button
                id=BUTTON
                type="submit"
                class=button_class(&session.status)
            >
                <span class="press-button__label">{words::press::CLIP_THAT}</span>
                <span class="press-button__hint needs-scripts">{words::press::key_hint(feed.audience)}</span>
            </button>
            <PressLabels feed />
            // The element always exists, because screen readers only announce changes within one.
            <p id=RESULT class=result_class(told.as_ref(), false) role="status" aria-live="polite">
                {told.as_ref().map(|told| in_words(told, feed.audience))}
            </p>
            <div class="field">
                <label for=NOTE>{words::press::WHAT_HAPPENED}</label>
                <input
                    id=NOTE
                    dir="auto"
                    name="note"
                    class="input"
                    value=note
                    placeholder=words::press::OPTIONAL
                    autocomplete="off"
                    enterkeyhint="send"
                    aria-describedby=NOTE_LEFT
                    aria-invalid=(left < 0).then_some("true")
                />
                <span id=NOTE_LEFT class=left_class(left)>{words::press::characters_left(left)}</span>
            </div>
            <div class="field">
                <label for=NAME>{words::press::YOUR_NAME}</label>
                <input
                    id=NAME
                    dir="auto"
                    name="name"
                    class="input"
                    value=name
                    placeholder=words::press::name_hint(session.rules.names_required)
                    aria-required=session.rules.names_required.then_some("true")
                    autocomplete="nickname"
                />
            </div>
        </form>
    }
    .into_any()
}

/// Turns submissions of the form and keystrokes into presses, and shows their outcome in the form. `told` is what the
/// document already says. Browser only.
pub fn use_press_form(feed: Feed, told: Option<PressOutcome>) {
    let typed_note = RwSignal::new(String::new());
    // The message below the button: the outcome of the latest press, or what is wrong with the input.
    let is_sent = matches!(told, Some(PressOutcome::Saved(_)));
    let holds = |told: &PressOutcome| told.holds(&feed.session.read_untracked().status);
    let said = RwSignal::new(told.filter(holds));
    let pressed_at = StoredValue::new(None::<(f64, Option<LabelId>)>);
    if is_sent {
        // The plain form has sent it.
        storage::keep_typed(&feed.code(), NOTE, "");
    }

    let press = move |label: Option<LabelId>| {
        let is_same = pressed_at.get_value().is_some_and(|(at, before)| {
            before == label && is_same_intention(at, clock::elapsed_ms())
        });
        match read() {
            Ok((None, _)) if is_same => {}
            Ok((_, None)) if feed.session.read_untracked().rules.names_required => {
                said.set(Some(PressOutcome::Refused {
                    error: ServiceError::Press(PressRefused::NameMissing),
                    note: None,
                }));
                if let Some(field) = element::<HtmlElement>(NAME) {
                    // It can only fail for an element that can't be focused.
                    let _ = field.focus();
                }
            }
            Ok((note, name)) => {
                storage::remember_name(name.as_ref().map_or("", Name::as_str));
                pressed_at.set_value(Some((clock::elapsed_ms(), label)));
                // First: what the browser does with the rest must not cost the press.
                feed.press.run(Pressing { note, name, label });
                feedback::acknowledge(ONE_INTENTION_MS);
                write_note(&feed.code(), typed_note, "");
            }
            Err(error) => said.set(Some(PressOutcome::Refused {
                error: ServiceError::Invalid(InvalidInput::Text(error)),
                note: None,
            })),
        }
    };
    use_listeners(feed, press, typed_note, said);
    use_erasure(feed, typed_note);
    use_refused_notes(feed, typed_note, said);
    use_missing_name(feed);
    // The message disappears with its cause. It can arrive before the status that it is about, so only a change counts.
    Effect::new(move |before: Option<Status>| {
        let now = feed.session.read().status.clone();
        let is_over = || {
            let said = said.read_untracked();
            said.as_ref().is_some_and(|said| !said.holds(&now))
        };
        if before.is_some_and(|before| before != now) {
            // A press that follows means something else.
            pressed_at.set_value(None);
            if is_over() {
                said.set(None);
            }
        }
        now
    });
    // What stands below the button. The first of these outranks the others.
    let result = move || {
        let outbox = feed.outbox.read();
        let presses = outbox.nameless();
        match said.get() {
            Some(said) if said.is_objection() => Some(said),
            Some(_) | None if presses > 0 => Some(PressOutcome::Nameless { presses }),
            // All that waited for a name have theirs by now.
            Some(PressOutcome::Nameless { .. }) => None,
            // A refused press that has a line of its own is reported there.
            Some(PressOutcome::Refused { .. })
                if outbox.presses().iter().any(is_refused_with_line) =>
            {
                None
            }
            said => said,
        }
    };
    use_shown(feed, typed_note, result);
}

/// Listens to the form, wherever it is in the document.
fn use_listeners(
    feed: Feed,
    press: impl Fn(Option<LabelId>) + Copy + 'static,
    typed_note: RwSignal<String>,
    said: RwSignal<Option<PressOutcome>>,
) {
    Effect::new(move |_| {
        // Input from before the app ran is kept.
        typed_note.set(fill(&feed.code()));
        let shown = window_event_listener(ev::pageshow, move |event| {
            if event.persisted() {
                typed_note.set(fill(&feed.code()));
            }
        });
        let submit = window_event_listener(ev::submit, move |event| {
            if is_of(&event, &[FORM]) {
                event.prevent_default();
                press(label_of(&event));
            }
        });
        let input = window_event_listener(ev::input, move |event| {
            if !is_of(&event, &[NOTE, NAME]) {
                return;
            }
            typed_note.set(value(NOTE));
            for id in [NOTE, NAME] {
                // An empty field is kept as cleared only if somebody cleared it.
                if is_of(&event, &[id]) {
                    storage::keep_typed(&feed.code(), id, &value(id));
                }
            }
            if said
                .read_untracked()
                .as_ref()
                .is_some_and(PressOutcome::is_objection)
            {
                said.set(None);
            }
        });
        let keydown = window_event_listener(ev::keydown, move |event| {
            if is_for_the_page(&event, feed.audience) && is_shown() {
                // Held down, the space bar would scroll the page away.
                event.prevent_default();
                if !event.repeat() {
                    press(None);
                }
            } else if shortcuts::is_held(&event, "Enter")
                && shortcuts::is_within(&event, ".press-form, .unsent")
            {
                // Held down, it would press the buttons again and again.
                event.prevent_default();
            }
        });
        on_cleanup(move || {
            shown.remove();
            submit.remove();
            input.remove();
            keydown.remove();
        });
    });
}

/// Reports the outcome of presses. The note of a refused press returns to its field.
fn use_refused_notes(
    feed: Feed,
    typed_note: RwSignal<String>,
    said: RwSignal<Option<PressOutcome>>,
) {
    Effect::new(move |before: Option<()>| {
        let outcome = feed.outcome.get();
        // What was there before this form is no news.
        if before.is_none() {
            return;
        }
        // Unless something else stands there by now.
        if let Some(PressOutcome::Refused {
            error,
            note: Some(note),
        }) = &outcome
            && !outcome::is_about_its_moment(error)
            && typed_note.read_untracked().is_empty()
        {
            write_note(&feed.code(), typed_note, note.as_str());
            // Read to the end before the first one goes: what is being read can't be changed.
            let refused = feed.outbox.read_untracked().refused_with(note);
            refused.into_iter().for_each(|id| feed.dismiss.run(id));
        }
        said.set(outcome);
    });
}

/// Sets what changes in the form.
fn use_shown(
    feed: Feed,
    typed_note: RwSignal<String>,
    result: impl Fn() -> Option<PressOutcome> + Send + Sync + 'static,
) {
    Effect::new(move |before: Option<Vec<Update>>| {
        let updates = updates(&feed.session.read(), &typed_note.read());
        updates::apply(&updates, &before.unwrap_or_default());
        updates
    });
    Effect::new(move |before: Option<(Option<PressOutcome>, bool)>| {
        let result = result();
        // What the document already says is not announced again.
        let Some((last, turn)) = before else {
            return (result, false);
        };
        if last == result {
            return (last, turn);
        }
        if let Some(place) = element::<Element>(RESULT) {
            // A finished animation does not run again, but two alternating ones do, one for each press.
            place.set_class_name(&result_class(result.as_ref(), !turn));
            let words = result
                .as_ref()
                .map(|result| in_words(result, feed.audience));
            place.set_text_content(words.as_deref());
        }
        (result, !turn)
    });
}

fn updates(session: &Session, typed_note: &str) -> Vec<Update> {
    let needs_name = session.rules.names_required;
    let left = Note::characters_left(typed_note);
    vec![
        Update::shown(FORM, is_open(&session.status)),
        Update::attribute(BUTTON, "class", button_class(&session.status).to_owned()),
        Update::attribute(
            NAME,
            "placeholder",
            words::press::name_hint(needs_name).to_owned(),
        ),
        Update::flag(NAME, "aria-required", needs_name),
        Update::content(NOTE_LEFT, words::press::characters_left(left)),
        Update::attribute(NOTE_LEFT, "class", left_class(left).to_owned()),
        Update::flag(NOTE, "aria-invalid", left < 0),
    ]
}

fn is_open(status: &Status) -> bool {
    match status {
        Status::Active { .. } | Status::Paused { .. } => true,
        Status::Ended { .. } => false,
    }
}

fn button_class(status: &Status) -> &'static str {
    match status {
        Status::Active { .. } => "press-button",
        Status::Paused { .. } | Status::Ended { .. } => "press-button press-button--closed",
    }
}

/// Two saved presses in a row alternate.
fn result_class(result: Option<&PressOutcome>, turn: bool) -> String {
    let kind = match result {
        None | Some(PressOutcome::TakenBack(_)) => "",
        Some(PressOutcome::Saved(_)) => "press-result--saved",
        Some(PressOutcome::Waiting | PressOutcome::TooMany | PressOutcome::Nameless { .. }) => {
            "press-result--waiting"
        }
        Some(PressOutcome::Refused { .. }) => "press-result--refused",
    };
    let turn = if turn { "press-result--next" } else { "" };
    format!("press-result {kind} {turn}")
}

fn in_words(result: &PressOutcome, audience: Audience) -> Cow<'static, str> {
    match result {
        PressOutcome::Saved(timestamp) => words::press::saved(timestamp.offset_seconds).into(),
        PressOutcome::TakenBack(_) => words::press::TAKEN_BACK.into(),
        PressOutcome::Waiting => words::press::waiting(storage::keeps()).into(),
        PressOutcome::TooMany => words::press::TOO_MANY.into(),
        PressOutcome::Nameless { presses } => words::press::nameless(*presses).into(),
        PressOutcome::Refused { error, .. } => words::press::refused(error, audience),
    }
}

/// Whether a line of its own tells why this press was refused.
fn is_refused_with_line(press: &PendingPress) -> bool {
    matches!(press.delivery, Delivery::Refused(_)) && outcome::has_own_line(press)
}
