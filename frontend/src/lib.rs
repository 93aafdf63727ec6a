//! The WebAssembly entry point: hydrates the page that the server rendered.

// The whole app is one type to the compiler, and a deep one.
#![recursion_limit = "512"]

#[cfg(not(feature = "viewer"))]
use app::App as Root;
#[cfg(feature = "viewer")]
use app::ViewersApp as Root;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page's script.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(Root);
}
