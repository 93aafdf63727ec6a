//! The focus: kept where an element is drawn again that has it, and moved on where what was pressed goes away; and the mark of
//! what is current.

use leptos::prelude::{document, request_animation_frame};
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement};

/// Where the focus is if what had it is gone or hidden. An element that was hidden keeps it until the frame is laid out.
pub(crate) const NOWHERE: &str = "[hidden], body:not(:focus-within)";

/// Draws something again. If that replaces the element that has the focus, the element that the selector finds takes it. The
/// selector is asked for before; `None` leaves the focus alone.
pub(crate) fn keeping_focus(
    selector: impl FnOnce(&Element) -> Option<String>,
    draw: impl FnOnce(),
) {
    let focused = document().active_element();
    let selector = focused.as_ref().and_then(selector);
    draw();
    if let (Some(focused), Some(selector)) = (focused, selector) {
        replace(&focused, &selector);
    }
}

/// Gives the focus to what the selector finds, if the element that had it is gone.
fn replace(focused: &Element, selector: &str) {
    if !focused.is_connected()
        && let Ok(Some(again)) = document().query_selector(selector)
    {
        focus(&again);
    }
}

/// Changes what a list is drawn from, which draws it later. If that takes the focus away, the row with the id `acted_on` takes
/// it, or without one the row that had it before. The selector finds the rows.
pub(crate) fn keeping_row(rows: &str, acted_on: Option<String>, change: impl FnOnce()) {
    let row = acted_on.or_else(|| focused_id(rows));
    change();
    if let Some(id) = row {
        go_on(NOWHERE, ["#", &id].concat());
    }
}

/// Moves the focus on, as soon as the current changes are drawn: if it is `NOWHERE` then, because what was pressed is gone, or
/// still within `from`, the element that `to` finds takes it. Both are selectors.
pub(crate) fn go_on(from: &'static str, to: String) {
    request_animation_frame(move || {
        let left = [from, ", ", NOWHERE].concat();
        let focused = document().active_element();
        if focused.is_none_or(|focused| matches!(focused.closest(&left), Ok(Some(_))))
            && let Ok(Some(next)) = document().query_selector(&to)
        {
            focus(&next);
        }
    });
}

/// The id of the element that the selector finds around what has the focus, or that has it itself.
fn focused_id(selector: &str) -> Option<String> {
    let found = document().active_element()?.closest(selector);
    Some(found.ok()??.id())
}

fn focus(element: &Element) {
    let options = FocusOptions::new();
    // Nothing moves under a reader's eyes.
    options.set_prevent_scroll(true);
    // SVG elements have the same method. It can only fail for an element that can't be focused.
    let _ = element
        .unchecked_ref::<HtmlElement>()
        .focus_with_options(&options);
}

/// The one element of a list that is marked as the current one.
#[derive(Default)]
pub(crate) struct Current(Option<Element>);

impl Current {
    /// Marks another one, or the same one if it was drawn again. Whether it is another element.
    pub(crate) fn mark(&mut self, now: Option<Element>) -> bool {
        if self.0 == now {
            return false;
        }
        // An attribute can only fail to be set or removed for a name that is none.
        if let Some(before) = &self.0 {
            let _ = before.remove_attribute("aria-current");
        }
        if let Some(now) = &now {
            let _ = now.set_attribute("aria-current", "true");
        }
        self.0 = now;
        true
    }
}
