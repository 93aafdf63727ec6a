//! The element that an event happened in, for listeners that stand further up.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

/// The element that an event happened in.
pub(crate) fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// That element or the next one around it that this selector finds.
pub(crate) fn closest(event: &Event, selector: &str) -> Option<Element> {
    target(event)?.closest(selector).ok()?
}
