//! The keys of a desk. C, which presses, is the press form's (`components/press/press_form.rs`).

use leptos::ev::{self, KeyboardEvent};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

use super::state::{DeskState, LIST, MOMENTS, MORE, PANES, tabs};
use crate::{
    components::{
        moments::{
            moment_list,
            timeline::{RANGE_FIELD, SELECTION_BUTTONS},
        },
        shared::{
            event_target::{MOMENT_ITEM, closest, moment_at},
            focus::{NOWHERE, go_on},
            shortcuts, tabs as tab_list,
        },
    },
    domain::moments::moment::EditingState,
    live::{clock, signals::views::*},
    words::desk as words,
};

/// A row of the list.
const ROW: &str = ".timestamps > .timestamp";
/// The box that scrolls the rows.
const ROWS: &str = ".moderation-list__rows";
/// Within this time after G a letter leads to a pane or a tab, in milliseconds.
const AFTER_G_MS: f64 = 1_500.0;
/// The letters that press a button of the selected row or moment: the one whose `data-key` they are.
const ACTIONS: [&str; 5] = ["h", "e", "s", "m", "x"];

/// Listens to the keys. Browser only.
pub(super) fn use_keys(desk: DeskState) {
    let keys = Keys {
        desk,
        g_at: StoredValue::new(None),
        row_top: StoredValue::new(None),
    };
    Effect::new(move |_| {
        let keydown = window_event_listener(ev::keydown, move |event| {
            // Enter that is held would press a button again and again, whatever it does by then.
            let is_repeated =
                shortcuts::is_held(&event, "Enter") && shortcuts::is_within(&event, "button");
            if is_repeated || (!shortcuts::is_typed(&event) && keys.take(&event)) {
                event.prevent_default();
            }
        });
        // Whoever reads or hears a button learns its key if it is one: rows are drawn without asking.
        let reached = ["pointerover", "focusin"].map(|reached| {
            window_event_listener_untyped(reached, move |event| {
                name_key(&event, desk.has_keys.get_untracked());
            })
        });
        on_cleanup(move || {
            keydown.remove();
            reached.into_iter().for_each(|listener| listener.remove());
        });
    });
}

/// Lets a button say its key while keys are shortcuts.
fn name_key(event: &Event, has_keys: bool) {
    let button = closest(event, "[data-key][title]");
    let Some((button, key, title)) = button.and_then(|button| {
        let [key, title] = ["data-key", "title"].map(|name| button.get_attribute(name));
        Some((button, key?, title?))
    }) else {
        return;
    };
    let named = titled(&title, &key, has_keys);
    if named != title {
        // It only fails for an invalid name.
        let _ = button.set_attribute("title", &named);
    }
}

/// A title with its key, or without, whether or not it has it already.
fn titled(title: &str, key: &str, has_keys: bool) -> String {
    let plain = title.strip_suffix(&words::with_key("", key));
    let plain = plain.unwrap_or(title);
    match has_keys {
        true => words::with_key(plain, key),
        false => plain.to_owned(),
    }
}

#[derive(Clone, Copy)]
struct Keys {
    desk: DeskState,
    /// When G was pressed.
    g_at: StoredValue<Option<f64>>,
    /// Where the row was that the keys last moved to, in pixels from the top: if it goes away, its neighbour is next.
    row_top: StoredValue<Option<f64>>,
}

impl Keys {
    /// Does what a key stands for. Whether it stands for anything.
    fn take(self, event: &KeyboardEvent) -> bool {
        let desk = self.desk;
        if shortcuts::is_alone(event, "Escape") && desk.selection.is_made() {
            desk.selection.clear();
            if shortcuts::is_within(event, SELECTION_BUTTONS) {
                go_on(NOWHERE, RANGE_FIELD.to_owned());
            }
            return true;
        }
        if !desk.has_keys.get_untracked() {
            return false;
        }
        if shortcuts::is_character(event, "?") {
            desk.shows_keys.set(true);
            return true;
        }
        if shortcuts::is_character(event, "/") {
            return !desk.is_dock && go_to_filter(desk);
        }
        let g_at = self.g_at.get_value();
        self.g_at.set_value(None);
        if g_at.is_some_and(|at| clock::elapsed_ms() - at < AFTER_G_MS) && self.go(event) {
            return true;
        }
        if !desk.is_dock && shortcuts::is_alone(event, "g") {
            self.g_at.set_value(Some(clock::elapsed_ms()));
            return true;
        }
        for (key, step) in [("j", 1), ("k", -1)] {
            if shortcuts::is_key(event, key) {
                self.step(step);
                return true;
            }
        }
        if shortcuts::is_key(event, "n") {
            return self.go_to_open_moment();
        }
        let key = ACTIONS.iter().find(|key| shortcuts::is_alone(event, key));
        key.is_some_and(|key| self.press(key))
    }

    /// The letter after G: goes to a pane or a tab.
    fn go(self, event: &KeyboardEvent) -> bool {
        let desk = self.desk;
        let is_of = |key: &str| shortcuts::is_alone(event, key);
        if let Some(pane) = PANES.iter().find(|pane| is_of(pane.key)) {
            desk.pane.set(pane.name);
            match pane.name {
                MOMENTS => enter(MOMENTS, first(MOMENT_ITEM)),
                // In a narrow window the rows are laid out with the next frame.
                LIST => request_animation_frame(|| enter(LIST, shown_rows().pop())),
                MORE => tab_list::focus(desk.tab.get_untracked()),
                _ => enter(pane.name, first("#press-button")),
            }
            return true;
        }
        let all = tabs(desk.page);
        let Some(tab) = all.iter().find(|tab| is_of(tab.key)) else {
            return false;
        };
        desk.pane.set(MORE);
        desk.tab.set(tab.name);
        tab_list::focus(tab.name);
        true
    }

    /// Goes to the next row or moment, or to the one before.
    fn step(self, step: isize) {
        match self.desk.pane.get_untracked() {
            MOMENTS => self.step_moment(step),
            LIST => self.step_row(step),
            // The rows are laid out with the next frame.
            _ => {
                self.desk.pane.set(LIST);
                request_animation_frame(move || match shown_rows().is_empty() {
                    true => tab_list::focus(LIST),
                    false => self.step_row(step),
                });
            }
        }
    }

    fn step_moment(self, step: isize) {
        let moments = elements(MOMENT_ITEM);
        let next = match current(&moments) {
            Some(at) => at.checked_add_signed(step),
            // The first key selects the moment that has the focus.
            None => moments.iter().position(has_focus).or(Some(0)),
        };
        if let Some(moment) = next.and_then(|at| moments.get(at)) {
            self.select(moment);
        }
    }

    /// Goes to the next moment of the list that was neither cut nor rejected yet; after the last one to the first. Whether
    /// there is any.
    fn go_to_open_moment(self) -> bool {
        let moments = elements(MOMENT_ITEM);
        let current = current(&moments).or_else(|| moments.iter().position(has_focus));
        let after = current.map_or(0, |at| at + 1);
        let is_open = |moment: &&Element| {
            let highlights = self.desk.feed.highlights.read_untracked();
            let mut known = highlights.moments();
            let id = moment_at(moment);
            known.any(|known| Some(known.id) == id && known.state == EditingState::Open)
        };
        let all = moments.iter().cycle().skip(after).take(moments.len());
        let next = all.into_iter().find(is_open).cloned();
        let Some(moment) = next else {
            return false;
        };
        self.desk.pane.set(MOMENTS);
        self.select(&moment);
        // A pane that was hidden becomes visible with the next frame.
        request_animation_frame(move || moment_list::focus(&moment));
        true
    }

    fn select(self, moment: &Element) {
        if let Some(id) = moment_at(moment) {
            self.desk.selection.select(id);
            moment_list::focus(moment);
        }
    }

    fn step_row(self, step: isize) {
        let rows = shown_rows();
        let next = match rows.iter().position(has_focus) {
            Some(at) => at.checked_add_signed(step).and_then(|at| rows.get(at)),
            // None has the focus: the row that is nearest to where the last one was.
            None => {
                let distance = |row: &&Element, from: f64| {
                    let top = row.get_bounding_client_rect().top();
                    (top - from).abs()
                };
                match self.row_top.get_value() {
                    Some(from) => rows
                        .iter()
                        .min_by(|one, other| distance(one, from).total_cmp(&distance(other, from))),
                    None => rows.last(),
                }
            }
        };
        if let Some(row) = next.cloned() {
            enter(LIST, Some(row.clone()));
            let top = row.get_bounding_client_rect().top();
            self.row_top.set_value(Some(top));
        }
    }

    /// Presses the button for this letter in the selected row or moment.
    fn press(self, key: &str) -> bool {
        let is_in = |selector: &str| document().active_element()?.closest(selector).ok()?;
        let of_focus = is_in(ROW).or_else(|| is_in(MOMENT_ITEM));
        let selected = of_focus.or_else(|| {
            let is_of_moments = self.desk.pane.get_untracked() == MOMENTS;
            is_of_moments
                .then(|| first("[data-moment][aria-current]"))
                .flatten()
        });
        // A page whose link was revoked does nothing any more.
        let selector = ["[data-key='", key, "']:not([inert] *)"].concat();
        let button = selected.and_then(|item| item.query_selector(&selector).ok()?);
        let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) else {
            return false;
        };
        button.click();
        true
    }
}

fn go_to_filter(desk: DeskState) -> bool {
    desk.pane.set(LIST);
    enter(LIST, first("#filter"));
    true
}

/// Which of the moments is selected.
fn current(moments: &[Element]) -> Option<usize> {
    moments
        .iter()
        .position(|moment| moment.has_attribute("aria-current"))
}

/// Focuses an element of a pane, which scrolls it into sight. Without one, the tab of the pane.
fn enter(pane: &str, element: Option<Element>) {
    let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) else {
        // What had the focus may be in a pane that is hidden now. In a wide window no tab can take it, and nothing is hidden.
        tab_list::focus(pane);
        return;
    };
    // A pane that was hidden becomes visible with the next frame; it can only fail for an element that can't be focused.
    let _ = element.focus();
    request_animation_frame(move || drop(element.focus()));
}

fn has_focus(element: &Element) -> bool {
    let focused = document().active_element();
    focused.is_some_and(|focused| element.contains(Some(&focused)))
}

/// The rows that are in sight, at least in part, and their neighbours.
fn shown_rows() -> Vec<Element> {
    let rows = elements(ROW);
    let Some(window) = first(ROWS) else {
        return rows;
    };
    let window = window.get_bounding_client_rect();
    let height = window.height();
    let is_near = |row: &Element| {
        let row = row.get_bounding_client_rect();
        row.bottom() > window.top() - height && row.top() < window.bottom() + height
    };
    rows.into_iter().filter(is_near).collect()
}

fn first(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

fn elements(selector: &str) -> Vec<Element> {
    let Ok(found) = document().query_selector_all(selector) else {
        return Vec::new();
    };
    let found = (0..found.length()).filter_map(|at| found.item(at));
    found.filter_map(|node| node.dyn_into().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_names_its_key_once_and_only_while_keys_are_shortcuts() {
        for title in ["Hide or restore", "Hide or restore (H)"] {
            assert_eq!(titled(title, "h", true), "Hide or restore (H)");
            assert_eq!(titled(title, "h", false), "Hide or restore");
        }
    }
}
