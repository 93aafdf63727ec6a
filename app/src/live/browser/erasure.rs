//! Erases what this browser keeps after the server has erased it, and notifies its open pages. Browser only.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsValue;

use super::{
    broadcast_channel::{self, Channel},
    pressed_cookie, storage,
};

/// The channel on which a page tells the others.
const CHANNEL: &str = "forgotten";

/// Erases what this browser keeps if the server has just said that it erased the visitor, and notifies its other tabs. Only
/// then: an address that triggers this could be hidden in any site's link.
pub fn erase_if_told() {
    if !pressed_cookie::take_forgotten() {
        return;
    }
    unmark_sessions();
    storage::erase_all();
    broadcast_channel::say_once(CHANNEL, &JsValue::NULL);
}

/// Removes the cookies that say in which sessions this browser pressed. Once storage is cleared, nothing lists those
/// sessions any more, and browsers clear it before the page after the form loads.
pub fn unmark_sessions() {
    storage::codes().iter().for_each(pressed_cookie::unset);
}

/// Calls `on_erased` when another tab says that this browser was erased, and `take` with what another tab stored (key and
/// value) or removed (no value), until the effect that calls this is cleaned up.
pub(crate) fn listen(
    on_erased: impl Fn() + Clone + 'static,
    take: impl Fn(&str, Option<&str>) + 'static,
) -> Listening {
    let heard = on_erased.clone();
    // Not every browser has channels; every one tells of changes of the storage, unless it is forbidden.
    let storage = window_event_listener(ev::storage, move |event: web_sys::StorageEvent| {
        let (key, value) = (event.key(), event.new_value());
        if storage::is_erasure(key.as_deref(), value.as_deref()) {
            heard();
        } else if let Some(key) = key {
            take(&key, value.as_deref());
        }
    });
    Listening {
        _channel: Channel::open(CHANNEL, move |_| on_erased()),
        storage: Some(storage),
    }
}

/// Listens until it is dropped.
pub(crate) struct Listening {
    _channel: Option<Channel>,
    storage: Option<WindowListenerHandle>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(storage) = self.storage.take() {
            storage.remove();
        }
    }
}
