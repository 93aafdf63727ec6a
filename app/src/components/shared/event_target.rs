//! The target element of an event, for listeners on its ancestors.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

use crate::domain::timestamp::TimestampId;

/// The attribute of a row with the id of its timestamp.
pub(crate) const ROW: &str = "data-id";
/// The attribute of a button with its action.
pub(crate) const DOES: &str = "data-does";

/// The target element of an event.
pub(crate) fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// That element or its nearest ancestor that matches this selector.
pub(crate) fn closest(event: &Event, selector: &str) -> Option<Element> {
    target(event)?.closest(selector).ok()?
}

/// The row that something happened in.
pub(crate) fn row_of(event: &Event) -> Option<TimestampId> {
    row_at(&target(event)?)
}

/// The row that an element stands in.
pub(crate) fn row_at(element: &Element) -> Option<TimestampId> {
    let row = element.closest("[data-id]").ok()??;
    row.get_attribute(ROW)?.parse().ok().map(TimestampId)
}
