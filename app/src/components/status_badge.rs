//! How the stream stands, in a word.

use leptos::prelude::*;

use super::live_text::live_text;
use crate::domain::session::{Session, Status};

/// How the stream stands, in a word.
#[component]
pub fn StatusBadge(
    /// The session as it stands.
    session: ReadSignal<Session>,
) -> impl IntoView {
    let face = Memo::new(move |_| face(&session.read().status));
    view! {
        <span
            class=move || format!("badge badge--{}", face.get().0)
            translate="no"
            data-status=move || face.get().0
            inner_html=live_text(move || face.get().1)
        ></span>
    }
}

/// The class and the word.
fn face(status: &Status) -> (&'static str, &'static str) {
    match status {
        Status::Active { .. } => ("active", "Live"),
        Status::Paused { last: None } => ("waiting", "Not started"),
        Status::Paused { last: Some(_) } => ("paused", "Paused"),
        Status::Ended { .. } => ("ended", "Ended"),
    }
}
