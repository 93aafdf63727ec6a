//! How the page was reached. Browser only.

use js_sys::Reflect;
use leptos::prelude::window;

/// Whether somebody has gone back to the page (or forward), and the browser loaded it again. It then fills the fields as they
/// were when the page was left.
pub(crate) fn is_gone_back_to() -> bool {
    let loads = window().performance();
    let load = loads.map(|loads| loads.get_entries_by_type("navigation").get(0));
    // There is no entry where the browser measures nothing.
    let kind = load.and_then(|load| Reflect::get(&load, &"type".into()).ok());
    kind.and_then(|kind| kind.as_string()).as_deref() == Some("back_forward")
}
