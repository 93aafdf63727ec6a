//! A link that is shown once: masked, since the panel may be on a stream.

use leptos::prelude::*;

use super::{copy_button::CopyButton, live_text::live_text};
use crate::domain::{
    access::{AccessKey, LinkKind},
    code::Code,
};

/// A link that is shown once, until its reader says that it is saved.
#[component]
pub fn SecretLink(
    /// The session.
    code: Code,
    /// Where links to this server begin.
    public_url: String,
    /// The link's secret.
    secret: AccessKey,
    /// Forgets it.
    #[prop(into)]
    on_saved: Callback<()>,
) -> impl IntoView {
    let link = secret.link(&public_url, &code);
    let masked = link
        .split_once('#')
        .map_or_else(String::new, |(start, _)| format!("{start}#••••••••"));
    let is_shown = RwSignal::new(false);
    let (heading, warning, copy, name, saved) = match secret.kind {
        LinkKind::Control => (
            "Save this control link",
            "It is shown only once. Whoever has it controls this session: keep it where only you can read it. It is your way back if this browser loses its cookies.",
            "Copy control link",
            "Control link",
            "I saved it",
        ),
        LinkKind::Moderator => (
            "Send this link to your moderator",
            "It is shown only once. Whoever has it can hide timestamps and edit notes.",
            "Copy moderator link",
            "Moderator link",
            "I sent it",
        ),
    };
    let text = {
        let link = link.clone();
        move || {
            if is_shown.get() {
                link.clone()
            } else {
                masked.clone()
            }
        }
    };
    view! {
        <section class="panel panel--accent secret" aria-label=heading data-secret=name>
            <h2>{heading}</h2>
            <p>{warning}</p>
            <div class="copy-line">
                <output
                    class="copy-line__text"
                    class:copy-line__text--masked=move || !is_shown.get()
                    aria-label=name
                    translate="no"
                    inner_html=live_text(text)
                ></output>
                <CopyButton text=link label=copy />
                <button
                    type="button"
                    class="button button--quiet"
                    on:click=move |_| is_shown.update(|shown| *shown = !*shown)
                    inner_html=live_text(move || if is_shown.get() { "Mask" } else { "Show" })
                ></button>
            </div>
            <button type="button" class="button" on:click=move |_| on_saved.run(())>
                {saved}
            </button>
        </section>
    }
    .into_any()
}
