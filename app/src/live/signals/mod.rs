//! The signals, effects and callbacks of live pages. The viewers' page has no Leptos views, and in its bundle they are a few
//! small types of our own (`plain.rs`). Everywhere else they are those that Leptos' views follow (`views.rs`).
//!
//! Code that both bundles contain imports this module instead of `leptos::prelude`, and code of the staff's pages alone
//! imports `views`. The feature `viewer` alone decides what this module gives. The staff's pages compile with either, but are
//! only live with those that Leptos' views follow.

/// Lets handles be copied whatever they lead to, which a derived implementation would not do.
#[cfg(any(test, target_arch = "wasm32", feature = "viewer"))]
macro_rules! copied {
    ($($handle:ident)*) => {$(
        impl<T> Clone for $handle<T> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<T> Copy for $handle<T> {}
    )*};
}

#[cfg(any(test, feature = "viewer"))]
pub mod plain;

#[cfg(any(test, target_arch = "wasm32"))]
pub mod erased;

#[cfg(any(test, target_arch = "wasm32"))]
pub mod stored;

#[cfg(not(feature = "viewer"))]
mod effect;

mod listeners;
pub(crate) mod views;

pub(crate) use leptos::prelude::*;
/// Runs a future in the browser's own queue of tasks. Browser only.
pub(crate) use wasm_bindgen_futures::spawn_local;

#[cfg(feature = "viewer")]
pub use self::plain::{
    Callback, Effect, LocalValue, Memo, ReadSignal, RwSignal, StoredValue, on_cleanup,
};

#[cfg(not(feature = "viewer"))]
pub(crate) use self::{
    effect::Effect,
    views::{LocalValue, Memo, ReadSignal, RwSignal, StoredValue},
};

/// Runs what starts a page. Whatever it creates lasts as long as the document. Browser only.
#[cfg(feature = "viewer")]
pub(crate) fn start(page: impl FnOnce() + 'static) {
    page();
}

/// Runs what starts a page. Whatever it creates lasts as long as the document. Browser only.
#[cfg(not(feature = "viewer"))]
pub(crate) fn start(page: impl FnOnce() + 'static) {
    let root: Option<web_sys::HtmlElement> = document()
        .create_element("div")
        .ok()
        .and_then(|root| wasm_bindgen::JsCast::dyn_into(root).ok());
    if let Some(root) = root {
        // Its views are empty: it only owns what the page's parts share.
        leptos::mount::mount_to(root, page).forget();
    }
}
