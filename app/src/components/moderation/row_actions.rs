//! Actions on a row, handled by one listener on the list: listeners for each button of each row would be created and
//! removed with every row that comes and goes.

use std::collections::HashSet;

use leptos::ev::MouseEvent;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement};

use super::row_interaction::RowInteraction;
use crate::{
    api,
    components::shared::{
        event_target::{DOES, ROW, closest, row_at, row_of, target},
        one_intention::LastClick,
        server_call::ServerCall,
    },
    domain::timestamp::{Timestamp, TimestampId},
    live::{calls::retry, page::feed::Feed, signals::views::*},
    words::moderation,
};

/// Starts editing the note.
pub(super) const EDIT: &str = "edit";
/// Hides the row, or restores it.
pub(super) const TOGGLE: &str = "toggle";
/// Opens the dialog about the row's viewer.
pub(super) const VIEWER: &str = "viewer";
/// The selector of the list.
const LIST: &str = ".moderation-list__rows";
/// What marks a button that waits for the server.
const BUSY: &str = "aria-busy";

/// A button was pressed. `toggling` makes the calls that hide and restore rows.
pub(super) fn clicked(
    feed: Feed,
    interaction: RowInteraction,
    (toggling, last): (ServerCall, LastClick),
    event: &MouseEvent,
) {
    let Some(button) = closest(event, "[data-does]") else {
        return;
    };
    let Some(row) = row_of(event).and_then(|id| find(feed, id)) else {
        return;
    };
    match button.get_attribute(DOES).as_deref() {
        Some(EDIT) => {
            interaction.clear_failure(row.id);
            interaction.editing.set(Some(row.id));
        }
        Some(TOGGLE) if last.is_new(event, row.id.0.to_string()) => {
            toggle(feed, interaction, toggling, row, button);
        }
        Some(VIEWER) => interaction.about.set(Some(row)),
        _ => {}
    }
}

/// A row was ticked, or is no longer.
pub(super) fn ticked(interaction: RowInteraction, event: &Event) {
    let field = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let field = field.filter(|field| field.type_() == "checkbox");
    if let (Some(field), Some(id)) = (field, row_of(event)) {
        interaction.ticked.update(|ticked| {
            if field.checked() {
                ticked.insert(id);
            } else {
                ticked.remove(&id);
            }
        });
    }
}

/// Ticks the boxes of these rows, and of no others in the list.
pub(super) fn tick(list: &Element, rows: &HashSet<TimestampId>) {
    let Ok(boxes) = list.query_selector_all("[data-id] input[type=checkbox]") else {
        return;
    };
    for field in (0..boxes.length()).filter_map(|at| boxes.item(at)) {
        if let Some(field) = field.dyn_ref::<HtmlInputElement>() {
            field.set_checked(row_at(field).is_some_and(|id| rows.contains(&id)));
        }
    }
}

/// The pointer is over something else now.
pub(super) fn pointed(interaction: RowInteraction, event: &Event) {
    let over = closest(event, ".timestamp__actions").and_then(|_| row_of(event));
    turn(interaction.pointing, over);
}

/// The row that the keyboard's focus came to, if it is on the row itself and not on a button of it. One that only got it after
/// something was clicked is not being read.
pub(super) fn entered(event: &Event) -> Option<TimestampId> {
    let row = target(event)?;
    let is_read = row.matches(":focus-visible") == Ok(true);
    row.get_attribute(ROW)
        .filter(|_| is_read)?
        .parse()
        .ok()
        .map(TimestampId)
}

/// The selector of a row; of the list, if the row is not drawn, or there is none.
pub(super) fn way_to(row: Option<TimestampId>) -> String {
    row.map_or_else(|| LIST.to_owned(), |id| or_list(selector(id)))
}

/// The selector of the button of a row that does this; of the list, if the row is not drawn.
pub(super) fn way_to_button(row: TimestampId, does: &str) -> String {
    or_list([&selector(row), " [", DOES, "='", does, "']"].concat())
}

/// The selector of the row that an element stands in, or of the element itself if it is one of the row's buttons. `None`
/// outside of all rows.
pub(crate) fn way_back(element: &Element) -> Option<String> {
    let row = row_at(element)?;
    Some(match element.get_attribute(DOES) {
        Some(does) => way_to_button(row, &does),
        None => way_to(Some(row)),
    })
}

fn selector(TimestampId(id): TimestampId) -> String {
    ["[", ROW, "='", &id.to_string(), "']"].concat()
}

/// The selector of what this one finds; of the list, if that is nothing.
fn or_list(selector: String) -> String {
    [&selector, ", ", LIST, ":not(:has(", &selector, "))"].concat()
}

/// Sets the signal to another row, or to none; doesn't notify if nothing changes.
pub(super) fn turn(to: RwSignal<Option<TimestampId>>, row: Option<TimestampId>) {
    if to.get_untracked() != row {
        to.set(row);
    }
}

fn find(feed: Feed, id: TimestampId) -> Option<Timestamp> {
    let list = feed.list.read_untracked();
    let place = list.place(id)?;
    list.get(place).cloned()
}

/// Hides a row, or restores it; one attempt at a time for each row, and any number of rows at once.
fn toggle(
    feed: Feed,
    interaction: RowInteraction,
    toggling: ServerCall,
    row: Timestamp,
    button: Element,
) {
    let (id, at, hides) = (row.id, row.offset_seconds, !row.hidden);
    if button.has_attribute(BUSY) {
        return;
    }
    // An attribute can only fail to be set or taken for a name that is none.
    let _ = button.set_attribute(BUSY, "true");
    interaction.clear_failure(id);
    let code = feed.code();
    let call = async move {
        match hides {
            true => api::timestamps::hide(code, vec![id], None).await,
            false => api::timestamps::restore(code, vec![id], None).await,
        }
    };
    toggling.beside(retry::with_timeout(call), move |answer| {
        let _ = button.remove_attribute(BUSY);
        match answer {
            Ok(()) => {
                let words = moderation::row_hidden_or_shown(at, hides);
                interaction.said.set(words);
                // The live stream brings the new row; if it is waiting to reconnect, retry now.
                feed.retry_now.run(());
            }
            Err(refusal) if button.is_connected() => {
                interaction.refuse(id, refusal.clone());
            }
            // A row that is no longer drawn has no place for it.
            Err(_) => {}
        }
    });
}
