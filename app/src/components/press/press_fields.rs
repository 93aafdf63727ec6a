//! The elements of the press form, looked up by id whenever they are needed: the form is the server's permanently, and its
//! surroundings may change.

use leptos::ev;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

use crate::{
    components::shared::{event_target::target, shortcuts},
    domain::{
        code::Code,
        labels::LabelId,
        role::Audience,
        text::{Name, Note, TextError},
    },
    live::{browser::storage, page::feed::Feed, signals::*},
};

pub(super) const FORM: &str = "press-form";
pub(crate) const BUTTON: &str = "press-button";
pub(super) const RESULT: &str = "press-result";
pub(super) const NOTE: &str = "note";
pub(super) const NOTE_LEFT: &str = "note-left";
pub(super) const NAME: &str = "name";

/// Whether there is a form to press: none once the stream has ended.
pub(super) fn is_shown() -> bool {
    element::<HtmlElement>(FORM).is_some_and(|form| !form.hidden())
}

pub(super) fn element<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

pub(super) fn value(id: &str) -> String {
    element::<HtmlInputElement>(id).map_or_else(String::new, |field| field.value())
}

/// Whether an event happened at the element with one of these ids.
pub(super) fn is_of(event: &web_sys::Event, ids: &[&str]) -> bool {
    // Not by its property: a form with a field named "id" returns that field.
    let id = target(event).and_then(|target| target.get_attribute("id"));
    id.is_some_and(|id| ids.contains(&id.as_str()))
}

pub(super) fn read() -> Result<(Option<Note>, Option<Name>), TextError> {
    let note = Note::parse_optional(&value(NOTE))?;
    let name = Name::parse_optional(&value(NAME))?;
    Ok((note, name))
}

/// The label whose button submitted the form; none for the large button and the Enter key.
pub(super) fn label_of(event: &ev::SubmitEvent) -> Option<LabelId> {
    let value = event.submitter()?.get_attribute("value")?;
    value.parse().ok().map(LabelId)
}

/// The class of the number of characters left.
pub(super) fn left_class(left: i64) -> &'static str {
    match left {
        ..0 => "field__count field__count--over needs-scripts",
        0.. => "field__count needs-scripts",
    }
}

/// Fills the fields with what this tab and this browser keep. What is in them stays, unless this tab was erased: browsers fill
/// the fields of a page that is gone back to as they were when it was left. Returns the note.
pub(super) fn fill(code: &Code) -> String {
    for id in [NOTE, NAME] {
        let Some(field) = element::<HtmlInputElement>(id) else {
            continue;
        };
        let is_outlived = !has_focus(id) && storage::take_outlived(code, id);
        if is_outlived || field.value().is_empty() {
            // Whoever cleared the name wants none, not the last one. A note that was cleared may have come back refused.
            let is_meant = |kept: &String| !kept.is_empty() || (id == NAME && !is_outlived);
            let kept = storage::typed(code, id).filter(is_meant);
            let kept = kept.or_else(|| storage::name().filter(|_| id == NAME));
            field.set_value(&kept.unwrap_or_else(|| field.default_value()));
        }
    }
    value(NOTE)
}

pub(super) fn write_note(code: &Code, typed: RwSignal<String>, text: &str) {
    write(code, NOTE, text);
    typed.set(text.to_owned());
}

/// Clears the fields when another tab says that this browser was erased. Browser only.
pub(super) fn use_erasure(feed: Feed, typed_note: RwSignal<String>) {
    Effect::new(move |_| {
        if feed.is_erased.get() {
            write(&feed.code(), NAME, "");
            write_note(&feed.code(), typed_note, "");
        }
    });
}

fn write(code: &Code, id: &str, text: &str) {
    if let Some(field) = element::<HtmlInputElement>(id) {
        field.set_value(text);
    }
    storage::keep_typed(code, id, text);
}

/// Whether the element has the focus.
pub(super) fn has_focus(id: &str) -> bool {
    let active = document().active_element();
    let active = active.and_then(|active| active.get_attribute("id"));
    active.is_some_and(|active| active == id)
}

/// Whether this is the shortcut for pressing, also while the key is held down, and no element of the page uses the key itself:
/// no text field, and for the space bar no focused button.
pub(super) fn is_for_the_page(event: &ev::KeyboardEvent, audience: Audience) -> bool {
    // A heading has the focus where a button went away that had it: whoever goes on with that meant no press. A click on it
    // means nothing.
    const TAKERS: &str = "input, textarea, select, button, summary, a, h2:focus-visible, dialog, [contenteditable], [role=button]";
    let is_free = match audience {
        Audience::Public => !shortcuts::is_within(event, TAKERS),
        // The space bar is no character that speech input could press by mistake (WCAG 2.1.4); a letter is.
        Audience::Staff => !shortcuts::is_typed(event) && storage::has_letter_shortcuts(),
    };
    shortcuts::is_key(event, press_key(audience)) && is_free
}

/// The shortcut for pressing. Moderators read long lists, and scroll them with the space bar.
fn press_key(audience: Audience) -> &'static str {
    match audience {
        Audience::Public => " ",
        Audience::Staff => "c",
    }
}
