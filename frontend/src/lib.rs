//! The WebAssembly entry point: renders the server's page again, from the data in its document.

// The whole app is one type to the compiler, and a deep one.
#![recursion_limit = "512"]

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page's script. A document whose data can't be read stays as it is: its forms work on their own, and
/// its watchdog says that it is not live.
#[wasm_bindgen]
pub fn run() {
    // In the bundles that are shipped a panic has no words (scripts/bundle.sh).
    if cfg!(debug_assertions) {
        console_error_panic_hook::set_once();
    }
    begin();
}

/// The viewers' page: all that this bundle holds.
#[cfg(feature = "viewer")]
fn begin() {
    use app::{embedded::page_data, live_document, pages::viewer};

    if let Some(data) = page_data() {
        live_document::begin(move || viewer::live(data));
    }
}

/// Whichever page it is, of those that this bundle holds.
#[cfg(not(feature = "viewer"))]
fn begin() {
    use app::{live_document, pages::PageData};

    if let Some(page) = PageData::of_document() {
        live_document::begin(move || page.live());
    }
}
