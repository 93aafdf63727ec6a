//! A button that copies a text, and confirms that it did.

use std::time::Duration;

use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use super::live_text::live_text;
use crate::{live::signals::views::*, words::session};

/// How long the button shows its confirmation.
const PRAISE: Duration = Duration::from_secs(2);

/// A button that copies a text, and confirms that it did.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: Signal<String>,
    /// What the button says.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let said = RwSignal::new(label.clone());
    let copy = move |_| {
        // Only pages loaded over TLS or from this machine may write to the clipboard; elsewhere there is none.
        if !window().is_secure_context() {
            said.set(session::COPY_BY_HAND.to_owned());
            return;
        }
        let label = label.clone();
        let clipboard = window().navigator().clipboard();
        let written = JsFuture::from(clipboard.write_text(&text.get_untracked()));
        // Not a `ServerCall`: no server is asked, a second click may copy again at once, and nothing is told but this.
        spawn_local(async move {
            let praise = match written.await {
                Ok(_) => session::COPIED,
                Err(_) => session::COPY_BY_HAND,
            };
            said.try_set(praise.to_owned());
            set_timeout(move || drop(said.try_set(label)), PRAISE);
        });
    };
    view! {
        <button
            type="button"
            class="button button--quiet needs-scripts"
            aria-live="polite"
            on:click=copy
            inner_html=live_text(move || said.get())
        ></button>
    }
}
