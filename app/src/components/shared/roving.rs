//! Lists of which the Tab key leads to one item, and the arrow keys from that to the others, by the pattern of the ARIA
//! Authoring Practices ("roving tabindex").

use leptos::{ev::KeyboardEvent, prelude::document};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{focus::Current, shortcuts};

/// The keys that lead back and on in what lies from left to right.
pub(crate) const ACROSS: [&str; 2] = ["ArrowLeft", "ArrowRight"];
/// The keys that lead back and on in what stands below each other.
pub(crate) const DOWN: [&str; 2] = ["ArrowUp", "ArrowDown"];
/// What in an item takes the Tab key after the item itself.
const CONTROLS: &str = "a, button, input";

/// The current item of a list, and the one that the Tab key leads to. The others have `tabindex="-1"`, and so have the controls
/// in them.
#[derive(Default)]
pub(crate) struct Roving {
    current: Current,
    stop: Option<Element>,
}

impl Roving {
    /// Marks another item as the current one, to which the Tab key then leads. Otherwise it goes on leading to the same one,
    /// unless that is gone; then to the current one, or the first of `items`.
    pub(crate) fn mark(&mut self, current: Option<Element>, items: &str) {
        let is_new = self.current.mark(current.clone());
        let is_here = |stop: &Element| stop.is_connected() && !(is_new && current.is_some());
        let stop = self.stop.clone().filter(is_here).or(current);
        self.lead_to(stop.or_else(|| document().query_selector(items).ok()?));
    }

    /// Lets the Tab key lead to this item, and on to what is in it.
    pub(crate) fn lead_to(&mut self, stop: Option<Element>) {
        if self.stop != stop
            && let Some(before) = &self.stop
        {
            set_stops(before, "-1");
        }
        if let Some(stop) = &stop {
            set_stops(stop, "0");
        }
        self.stop = stop;
    }
}

/// Takes those of these items that have not been in a list so far off the way of the Tab key.
pub(crate) fn leave_out(items: &str) {
    let fresh = [items, ":not([tabindex])"].concat();
    let Ok(found) = document().query_selector_all(&fresh) else {
        return;
    };
    for item in (0..found.length()).filter_map(|at| found.item(at)) {
        if let Some(item) = item.dyn_ref::<Element>() {
            set_stops(item, "-1");
        }
    }
}

/// Moves the focus to another one of these items, if that is what the key is for. Whether it was moved.
pub(crate) fn step(event: &KeyboardEvent, keys: [&str; 2], items: &str) -> bool {
    let Ok(found) = document().query_selector_all(items) else {
        return false;
    };
    let items = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok());
    let items: Vec<Element> = items.collect();
    let focused = document().active_element();
    let has_focus = |item: &Element| item.contains(focused.as_deref());
    let next = items.iter().position(has_focus);
    let next = next.and_then(|at| place(event, keys, at, items.len()));
    let Some(next) = next.and_then(|at| items.get(at)) else {
        return false;
    };
    // Links within a picture have the same method. It can only fail for an element that can't be focused.
    let _ = next.unchecked_ref::<HtmlElement>().focus();
    true
}

/// The place that a key leads to from this one, of so many.
pub(crate) fn place(
    event: &KeyboardEvent,
    [back, on]: [&str; 2],
    at: usize,
    count: usize,
) -> Option<usize> {
    let is = |key| shortcuts::is_key(event, key);
    match () {
        () if is(on) => Some((at + 1) % count),
        () if is(back) => Some((at + count - 1) % count),
        () if is("Home") => Some(0),
        () if is("End") => Some(count - 1),
        () => None,
    }
}

fn set_stops(item: &Element, value: &str) {
    // An attribute can only fail to be set for a name that is none.
    let _ = item.set_attribute("tabindex", value);
    let Ok(controls) = item.query_selector_all(CONTROLS) else {
        return;
    };
    for control in (0..controls.length()).filter_map(|at| controls.item(at)) {
        if let Some(control) = control.dyn_ref::<Element>() {
            let _ = control.set_attribute("tabindex", value);
        }
    }
}
