//! Beacons: requests that a browser sends even if the page that makes them is being left. Browser only.

use leptos::prelude::window;

/// Sends this JSON to our server, if the browser can; there is no answer.
pub(crate) fn send(path: &str, json: &str) {
    // What is lost here is made up for elsewhere: beacons are for what would otherwise expire.
    let _ = window()
        .navigator()
        .send_beacon_with_opt_str(path, Some(json));
}
