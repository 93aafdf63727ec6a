//! What a status without an open segment means for a viewer.

use leptos::prelude::*;

use crate::{
    components::shared::{live_text::escaped, updates::Update},
    domain::{role::Role, session::Status},
    words::viewer::{self, Standstill},
};

const MESSAGE: &str = "status-message";

/// What a status without an open segment means for a viewer; empty while there is one. `update` keeps it current.
#[component]
pub fn StatusMessage(
    /// The status of the stream.
    status: Status,
) -> impl IntoView {
    view! { <div id=MESSAGE class="status-message-place" inner_html=content(&status, Role::Viewer)></div> }
}

pub(crate) fn update(status: &Status, role: Role) -> Update {
    Update::content(MESSAGE, content(status, role))
}

/// The same, for those who hear the page. They are told too that the stream runs: they see no button that works again.
pub(crate) fn aloud(status: &Status, role: Role) -> String {
    match viewer::standstill(status, role) {
        Some(words) => [words.heading, ". ", words.advice].concat(),
        None => viewer::RUNS.to_owned(),
    }
}

fn content(status: &Status, role: Role) -> String {
    let Some(words) = viewer::standstill(status, role) else {
        return String::new();
    };
    let Standstill {
        heading,
        advice,
        without_scripts,
    } = words;
    let line =
        |class: &str, words: &str| ["<p class=\"", class, "\">", &escaped(words), "</p>"].concat();
    [
        "<div class=\"status-message\">",
        &line("status-message__heading", heading),
        &line("status-message__words needs-scripts", advice),
        &line("status-message__words no-scripts", without_scripts),
        "</div>",
    ]
    .concat()
}
