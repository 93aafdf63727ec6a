//! What the streamer shows to viewers: the code, the link, and a QR code of the link.

use leptos::prelude::*;

use crate::{components::shared::copy_button::CopyButton, domain::code::Code, words::session};

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
            <h2 id="share">{session::SHARE_HEADING}</h2>
            <p class="share__code">
                <span class="visually-hidden">{session::CODE}</span>
                {code.to_string()}
            </p>
            <div class="copy-line">
                <output class="copy-line__text" aria-label=session::VIEWER_LINK>
                    {link.clone()}
                </output>
                <CopyButton text=link label=session::COPY_LINK />
            </div>
            <img
                class="share__qr"
                src=format!("/s/{code}/qr.svg")
                alt=session::QR_CODE
                width="200"
                height="200"
            />
        </section>
    }
    .into_any()
}
