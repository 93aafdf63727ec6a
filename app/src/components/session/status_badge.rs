//! The status of the stream, in a word.

use leptos::prelude::*;

use crate::{
    components::shared::live_text::live_text,
    domain::session::{Session, Status},
    words::stream,
};

/// The status of the stream, in a word.
#[component]
pub fn StatusBadge(
    /// The session as it stands.
    session: ReadSignal<Session>,
) -> impl IntoView {
    let status = Memo::new(move |_| session.read().status.clone());
    view! {
        <span
            class=move || format!("badge badge--{}", name(&status.read()))
            translate="no"
            data-status=move || name(&status.read())
            inner_html=live_text(move || stream::status(&status.read()))
        ></span>
    }
}

/// Its name in the stylesheet.
fn name(status: &Status) -> &'static str {
    match status {
        Status::Active { .. } => "active",
        Status::Paused { last: None } => "waiting",
        Status::Paused { last: Some(_) } => "paused",
        Status::Ended { .. } => "ended",
    }
}
