//! What the streamer shows to viewers: the code, the link, and the link as a picture.

use leptos::prelude::*;

use super::copy_button::CopyButton;
use crate::domain::code::Code;

/// What the streamer shows to viewers.
#[component]
pub fn Share(
    /// The session.
    code: Code,
    /// Where links to this server begin.
    public_url: String,
) -> impl IntoView {
    let link = format!("{public_url}/s/{code}");
    view! {
        <section class="panel share" aria-labelledby="share">
            <h2 id="share">"For your viewers"</h2>
            <p class="share__code">
                <span class="visually-hidden">"Code: "</span>
                {code.to_string()}
            </p>
            <div class="copy-line">
                <output class="copy-line__text" aria-label="Viewer link">
                    {link.clone()}
                </output>
                <CopyButton text=link label="Copy link" />
            </div>
            <img
                class="share__qr"
                src=format!("/s/{code}/qr.svg")
                alt="QR code of the viewer link"
                width="200"
                height="200"
            />
        </section>
    }
    .into_any()
}
