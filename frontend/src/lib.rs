//! The WebAssembly entry point: hydrates the page that the server rendered, from the data in its document.

// The whole app is one type to the compiler, and a deep one.
#![recursion_limit = "512"]

use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page's script. A document whose data can't be read stays as it came: its forms work by themselves.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    if let Some(page) = page() {
        leptos::mount::hydrate_body(page);
        tell_that_it_runs();
    }
}

/// Marks the document: from now on what is clicked is the app's.
fn tell_that_it_runs() {
    if let Some(html) = document().document_element() {
        // A document without a place for the mark works as well.
        let _ = html.set_attribute("data-app", "runs");
    }
}

/// The viewers' page: all that this bundle holds.
#[cfg(feature = "viewer")]
fn page() -> Option<impl FnOnce() -> AnyView> {
    use app::{
        document::page_data,
        pages::viewer::{ViewerPage, Viewers},
    };
    let data = page_data::<Viewers>()?;
    Some(move || view! { <ViewerPage data /> }.into_any())
}

/// Whichever page it is.
#[cfg(not(feature = "viewer"))]
fn page() -> Option<impl FnOnce() -> AnyView> {
    let data = app::pages::PageData::of_document()?;
    Some(move || data.view())
}
