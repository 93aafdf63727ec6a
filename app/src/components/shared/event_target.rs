//! The target element of an event, for listeners on its ancestors.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

use crate::domain::{moments::moment::MomentId, timestamp::TimestampId};

/// The attribute of a row with the id of its timestamp.
pub(crate) const ROW: &str = "data-id";
/// The attribute of a moment in the staff's list with its id.
pub(crate) const MOMENT: &str = "data-moment";
/// A moment in that list.
pub(crate) const MOMENT_ITEM: &str = "[data-moment]";
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

/// The moment that an element of the staff's list is, or stands in.
pub(crate) fn moment_at(element: &Element) -> Option<MomentId> {
    let moment = element.closest(MOMENT_ITEM).ok()??;
    moment.get_attribute(MOMENT)?.parse().ok().map(MomentId)
}
