//! What a press does at once, before anybody answers: a short vibration, and the cool-down that the button shows.

use gloo_timers::future::TimeoutFuture;
use web_sys::{Element, wasm_bindgen::JsValue};

use super::press_fields::{BUTTON, element};
use crate::live::signals::spawn_local;

/// How long the vibration lasts, in milliseconds: felt, and over before a finger is lifted.
const VIBRATION_MS: u32 = 10;

/// The attribute of the button while another press would count as part of the last one. The stylesheet shows it.
const COOLING: &str = "data-cooling";

/// Lets whoever pressed feel it, where the device can vibrate, and shows for how many milliseconds another press without new
/// input would be part of this one. Browser only.
pub(super) fn acknowledge(cool_down_ms: u32) {
    vibrate();
    set_cooling(true);
    spawn_local(async move {
        TimeoutFuture::new(cool_down_ms).await;
        set_cooling(false);
    });
}

fn set_cooling(is_cooling: bool) {
    if let Some(button) = element::<Element>(BUTTON) {
        // An attribute with a valid name can always be set and removed.
        let _ = match is_cooling {
            true => button.set_attribute(COOLING, ""),
            false => button.remove_attribute(COOLING),
        };
    }
}

fn vibrate() {
    let Some(window) = web_sys::window() else {
        return;
    };
    let navigator = window.navigator();
    // Safari and Firefox don't have it, and calling what is missing would end the app.
    let can_vibrate = js_sys::Reflect::has(&navigator, &JsValue::from_str("vibrate"));
    if can_vibrate == Ok(true) {
        navigator.vibrate_with_duration(VIBRATION_MS);
    }
}
