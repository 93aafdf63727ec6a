//! The readable cookie that says that this browser pressed in a session: see `domain/pressed.rs`. Browser only. If cookies
//! are disabled there is none, and nothing fails.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::HtmlDocument;

use crate::domain::{
    code::Code,
    pressed::{self, Pressed},
};

/// What the cookie of this page's session tells.
pub(crate) fn pressed() -> Option<Pressed> {
    pressed::read(&html_document()?.cookie().ok()?)
}

/// Says that this browser pressed in a session, and has kept the answer.
pub(crate) fn set_kept(code: &Code) {
    write(&pressed::set_cookie(code, Pressed::Kept, is_https()));
}

/// The same, unless there are presses that it has not kept: the next page still has to ask for those.
pub(crate) fn set_kept_unless_missing(code: &Code) {
    if pressed() != Some(Pressed::Form) {
        set_kept(code);
    }
}

/// Says that this browser pressed in a session, and has not kept all of it: the next page asks the server. Works from any
/// page, as `unset` does.
pub(crate) fn set_missing(code: &Code) {
    write(&pressed::set_cookie(code, Pressed::Form, is_https()));
}

/// Removes the cookie of a session. Works from any page, because a cookie's path only restricts where it is sent and read.
pub(crate) fn unset(code: &Code) {
    write(&pressed::unset_cookie(code, is_https()));
}

/// Whether the server has just said that this browser is erased. It says so once.
pub(crate) fn take_forgotten() -> bool {
    let cookies = html_document().and_then(|document| document.cookie().ok());
    let is_forgotten = cookies.is_some_and(|cookies| pressed::is_forgotten(&cookies));
    if is_forgotten {
        write(&pressed::unset_forgotten_cookie(is_https()));
    }
    is_forgotten
}

fn write(cookie: &str) {
    if let Some(document) = html_document() {
        let _ = document.set_cookie(cookie);
    }
}

fn html_document() -> Option<HtmlDocument> {
    document().dyn_into().ok()
}

fn is_https() -> bool {
    let protocol = window().location().protocol();
    protocol.is_ok_and(|protocol| protocol == "https:")
}
