//! The exports of moments and list, for the tools that cut clips.

use leptos::prelude::*;

use crate::{
    domain::code::Code,
    words::session::{self, Export},
};

/// The exports of moments and list, for the tools that cut clips.
#[component]
pub fn Exports(
    /// The session.
    code: Code,
) -> impl IntoView {
    let moments = files(
        &code,
        "export-moments",
        session::MOMENT_EXPORTS_HEADING,
        &session::MOMENT_EXPORTS,
        session::MOMENT_EXPORTS_CONTAIN,
    );
    let list = files(
        &code,
        "export-list",
        session::EXPORTS_HEADING,
        &session::EXPORTS,
        session::EXPORTS_CONTAIN,
    );
    view! { {moments} {list} }.into_any()
}

/// The formats of one thing.
fn files(
    code: &Code,
    id: &'static str,
    heading: &'static str,
    formats: &[Export],
    contain: &'static str,
) -> AnyView {
    let files = formats.iter().map(|(format, words, hint)| {
        view! {
            <li>
                <a class="button" href=format!("/s/{code}/export/{format}") download>
                    {*words}
                </a>
                <span class="exports__hint">{*hint}</span>
            </li>
        }
    });
    view! {
        <section class="panel" aria-labelledby=id>
            <h2 id=id>{heading}</h2>
            <ul class="exports">{files.collect_view()}</ul>
            <p class="exports__hint">{contain}</p>
        </section>
    }
    .into_any()
}
