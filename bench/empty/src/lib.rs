//! An almost empty Leptos app, as its starter template makes one: a router, a title, and one button that counts. The weight
//! of our own page is told as a multiple of it.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};
use wasm_bindgen::prelude::wasm_bindgen;

#[component]
fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title text="Almost empty" />
        <Router>
            <main>
                <Routes fallback=|| "Nothing here">
                    <Route path=path!("") view=Counter />
                </Routes>
            </main>
        </Router>
    }
}

#[component]
fn Counter() -> impl IntoView {
    let count = RwSignal::new(0);
    view! { <button on:click=move |_| count.update(|count| *count += 1)>"Count: " {count}</button> }
}

/// Called once by the page's script.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(App);
}
