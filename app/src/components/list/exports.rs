//! The exports of the list, for the tools that cut clips.

use leptos::prelude::*;

use crate::{domain::code::Code, words::session};

/// The exports of the list, for the tools that cut clips.
#[component]
pub fn Exports(
    /// The session.
    code: Code,
) -> impl IntoView {
    let files = session::EXPORTS.map(|(format, words, hint)| {
        view! {
            <li>
                <a class="button" href=format!("/s/{code}/export/{format}") download>
                    {words}
                </a>
                <span class="exports__hint">{hint}</span>
            </li>
        }
    });
    view! {
        <section class="panel" aria-labelledby="exports">
            <h2 id="exports">{session::EXPORT_HEADING}</h2>
            <ul class="exports">{files.into_iter().collect_view()}</ul>
            <p class="exports__hint">{session::EXPORTS_LEAVE_OUT}</p>
        </section>
    }
    .into_any()
}
