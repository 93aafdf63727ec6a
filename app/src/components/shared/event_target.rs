//! The target element of an event, for listeners on its ancestors.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

/// The target element of an event.
pub(crate) fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// That element or its nearest ancestor that matches this selector.
pub(crate) fn closest(event: &Event, selector: &str) -> Option<Element> {
    target(event)?.closest(selector).ok()?
}
