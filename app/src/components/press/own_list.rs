//! The visitor's own presses: what became of them, and for two minutes a way to change them or take them back.

use leptos::ev;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};

use super::{
    own_editor::{CANCEL, EDITOR, Editing, LABEL, NAME, NOTE, NOTE_LEFT, SAVE, left_class},
    own_row::{Changeable, EDIT, TAKE_BACK, rows},
    press_fields::{element, is_of, is_shown, value},
};
use crate::{
    components::shared::{
        announcer::announce,
        event_target::{DOES, ROW, closest, row_at, row_of},
        focus::keeping_focus,
        live_text::escaped,
        row_cool_down::RowCoolDown,
        rows::Rows,
        shortcuts,
        updates::{self, Update},
    },
    domain::{
        labels::LabelId,
        press::Press,
        session::Status,
        text::{Name, Note, TextError},
        timestamp::TimestampId,
    },
    live::{
        page::feed::Feed,
        press::own_change::{ChangeOutcome, OwnChange},
        signals::*,
    },
    service::ServiceError,
    words::press as words,
};

const SECTION: &str = "own";
const HEADING: &str = "own-heading";
const LIST: &str = "own-presses";
const REFUSAL: &str = "own-refusal";

/// The visitor's newest presses, newest first; hidden while there are none. `use_own_list` keeps them current.
#[component]
pub fn OwnList(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let (list, highlights) = (feed.list.read_untracked(), feed.highlights.read_untracked());
    let session = feed.session.read_untracked();
    let joins = feed.joins.read_untracked();
    let rows = rows(&list, &session, &highlights, &joins, Changeable::NOTHING);
    let markup = rows.iter().map(|row| row.markup(&row.fate));
    let markup = markup.collect::<String>();
    view! {
        <section id=SECTION class="panel" aria-labelledby=HEADING hidden=rows.is_empty()>
            <h2 id=HEADING tabindex="-1">
                {words::OWN}
            </h2>
            <ol id=LIST class="own" inner_html=markup></ol>
            // The element always exists, because screen readers only announce changes within one.
            <p id=REFUSAL class="own__refusal" role="alert"></p>
        </section>
    }
    .into_any()
}

/// What is drawn.
#[derive(Default)]
struct Drawn {
    rows: Rows,
    fates: Vec<(TimestampId, String)>,
    updates: Vec<Update>,
    editing: Option<TimestampId>,
}

/// Keeps the presses current, and changes them. Browser only.
pub(crate) fn use_own_list(feed: Feed, cool_down: RowCoolDown) {
    let editing = RwSignal::new(None::<Editing>);
    let refusal = RwSignal::new(String::new());
    Effect::new(move |before: Option<Drawn>| {
        let before = before.unwrap_or_default();
        let session = feed.session.read();
        let (editing, changes) = (editing.read(), feed.own_changes.read());
        let is_waiting = |id| changes.contains(id);
        let edited = editing.as_ref().map(|editing| editing.press.id);
        let changeable = Changeable {
            now: feed.now.get(),
            is_ended: matches!(session.status, Status::Ended { .. }),
            is_edited: &|id| feed.is_edited(id),
            is_waiting: &is_waiting,
            editing: editing.as_ref(),
        };
        let (list, highlights) = (feed.list.read(), feed.highlights.read());
        let joins = feed.joins.read();
        let rows = rows(&list, &session, &highlights, &joins, changeable);
        let updates = vec![
            Update::shown(SECTION, !rows.is_empty()),
            Update::content(REFUSAL, escaped(&refusal.read())),
            Update::flag(SAVE, "aria-busy", edited.is_some_and(is_waiting)),
        ];
        updates::apply(&updates, &before.updates);
        let mut drawn = Drawn {
            rows: before.rows,
            updates,
            editing: edited,
            fates: Vec::new(),
        };
        // Without what became of it: a button that somebody is about to press must not be replaced with every new count.
        let markup = rows.iter().map(|row| row.markup("")).collect();
        keeping_focus(way_on, || drawn.rows.draw(LIST, markup));
        drawn.fates = rows
            .iter()
            .map(|row| (row.press.id, row.fate.clone()))
            .collect();
        set_fates(&drawn.fates, &before.fates);
        if drawn.editing.is_some()
            && drawn.editing != before.editing
            && let Some(field) = element::<HtmlInputElement>(NOTE)
        {
            // It can only fail for an element that can't be focused.
            let _ = field.focus();
            field.select();
        }
        drawn
    });
    Effect::new(move |_: Option<()>| {
        let Some((change, outcome)) = feed.own_change.get() else {
            return;
        };
        // A row leaves, or its editor closes: the rows below it move up.
        cool_down.begin();
        let id = change.id();
        let edited =
            editing.with_untracked(|editing| editing.as_ref().map(|editing| editing.press.id));
        let is_open = edited == Some(id);
        let told = match &outcome {
            ChangeOutcome::Refused(error) => Some(words::change_refused(error)),
            ChangeOutcome::EditedWithoutLabel => Some(words::CHANGED_WITHOUT_LABEL.into()),
            ChangeOutcome::Edited | ChangeOutcome::TakenBack => None,
        };
        if let Some(told) = told {
            let list = feed.list.read_untracked();
            let mut own = list.own_rows().map(|(press, _)| press);
            refusal.set(match own.find(|press| press.id == id && !is_open) {
                Some(press) => words::about(press.offset_seconds, &told),
                None => told.into_owned(),
            });
        }
        match &outcome {
            ChangeOutcome::Edited => announce(Some(words::CHANGED)),
            // The line below the button says so, if it is there.
            ChangeOutcome::TakenBack if !is_shown() => announce(Some(words::TAKEN_BACK)),
            ChangeOutcome::TakenBack
            | ChangeOutcome::EditedWithoutLabel
            | ChangeOutcome::Refused(_) => {}
        }
        // Whoever has gone on typing, or opened another one, is not interrupted.
        let is_sent = match &change {
            OwnChange::Edit(press) => typed(id).as_ref() == Ok(press),
            OwnChange::TakeBack(_) => true,
        };
        if is_open && is_sent && !matches!(outcome, ChangeOutcome::Refused(_)) {
            editing.set(None);
        }
    });
    use_listeners(feed, editing, refusal, cool_down);
}

/// Listens to the buttons of the rows, and to the editor.
fn use_listeners(
    feed: Feed,
    editing: RwSignal<Option<Editing>>,
    refusal: RwSignal<String>,
    cool_down: RowCoolDown,
) {
    let edit = move |id: Option<TimestampId>| {
        refusal.set(String::new());
        let list = feed.list.read_untracked();
        let mut own = list.own_rows().map(|(press, _)| press);
        let press = own.find(|press| Some(press.id) == id);
        editing.set(press.map(|press| Editing {
            press: press.clone(),
            labels: feed.session.read_untracked().labels.clone(),
        }));
    };
    Effect::new(move |_| {
        let click = window_event_listener(ev::click, move |event| {
            let button = closest(&event, "[data-does]:not([aria-busy])");
            let action = button.and_then(|button| button.get_attribute(DOES));
            match (action.as_deref(), row_of(&event)) {
                (Some(EDIT), Some(id)) => edit(Some(id)),
                (Some(TAKE_BACK), Some(id)) if cool_down.try_begin() => {
                    refusal.set(String::new());
                    feed.change_own.run(OwnChange::TakeBack(id));
                }
                (Some(CANCEL), _) => {
                    cool_down.begin();
                    edit(None);
                }
                _ => {}
            }
        });
        let submit = window_event_listener(ev::submit, move |event| {
            if !is_of(&event, &[EDITOR]) {
                return;
            }
            event.prevent_default();
            let Some(editing) = editing.get_untracked() else {
                return;
            };
            let labels = &feed.session.read_untracked().labels;
            let is_gone = |label| !editing.can_get(label, labels);
            match typed(editing.press.id) {
                Ok(press) if press.label.is_some_and(is_gone) => {
                    refusal.set(words::LABEL_GONE.to_owned());
                }
                Ok(press) => {
                    refusal.set(String::new());
                    feed.change_own.run(OwnChange::Edit(press));
                }
                Err(error) => {
                    let error = ServiceError::from(error);
                    refusal.set(words::change_refused(&error).into_owned());
                }
            }
        });
        let input = window_event_listener(ev::input, move |event| {
            if is_of(&event, &[NOTE])
                && let Some(place) = element::<Element>(NOTE_LEFT)
            {
                let left = Note::characters_left(&value(NOTE));
                place.set_class_name(left_class(left));
                place.set_text_content(Some(&words::characters_left(left)));
            }
        });
        let keydown = window_event_listener(ev::keydown, move |event| {
            if shortcuts::is_alone(&event, "Escape") && shortcuts::is_within(&event, ".own__editor")
            {
                event.prevent_default();
                edit(None);
            } else if shortcuts::is_held(&event, "Enter") && shortcuts::is_within(&event, ".own") {
                // Held down, it would press the buttons again and again.
                event.prevent_default();
            }
        });
        on_cleanup(move || {
            click.remove();
            submit.remove();
            input.remove();
            keydown.remove();
        });
    });
}

/// What stands in the editor of this press.
fn typed(id: TimestampId) -> Result<Press, TextError> {
    Ok(Press {
        id,
        note: Note::parse_optional(&value(NOTE))?,
        name: Name::parse_optional(&value(NAME))?,
        label: element::<HtmlSelectElement>(LABEL)
            .and_then(|field| field.value().parse().ok())
            .map(LabelId),
        waited_ms: 0,
    })
}

/// Sets what became of each press in its row, where it has changed or the row is new. Whatever others put between the rows stays
/// as it is.
fn set_fates(fates: &[(TimestampId, String)], before: &[(TimestampId, String)]) {
    let Some(list) = element::<Element>(LIST) else {
        return;
    };
    for fate in fates {
        let TimestampId(id) = fate.0;
        let place = format!("[{ROW}='{id}'] .own__fate > span");
        if let Ok(Some(place)) = list.query_selector(&place)
            && (!before.contains(fate) || place.text_content().is_none_or(|text| text.is_empty()))
        {
            place.set_text_content(Some(&fate.1));
        }
    }
}

/// The selector of what follows an element of the list that goes away: the same one of its press, for a part of the editor the
/// button that opens it, and if there is none any more, the heading.
fn way_on(focused: &Element) -> Option<String> {
    focused.closest("#own-presses").ok()??;
    let TimestampId(id) = row_at(focused)?;
    let does = focused.get_attribute(DOES);
    let button = match does.as_deref() {
        Some(TAKE_BACK) => TAKE_BACK,
        _ => EDIT,
    };
    let same = match focused.has_attribute("href") {
        true => "a".to_owned(),
        false => format!("[{DOES}={button}]"),
    };
    let again = format!("#{LIST} [{ROW}='{id}'] {same}");
    // Where the editor opens, its field takes the focus.
    Some(format!(
        "{again}, body:not(:has({again}, #{EDITOR})) #{HEADING}"
    ))
}
