//! The status of the stream, in a word.

use leptos::prelude::*;

use crate::{domain::session::Status, words::stream};

/// The status of a stream that the page doesn't follow, in a word.
#[component]
pub fn StatusBadge(
    /// The status.
    status: Status,
) -> impl IntoView {
    view! {
        <span class=class(&status) translate="no" data-status=name(&status)>
            {stream::status(&status)}
        </span>
    }
}

pub(super) fn class(status: &Status) -> String {
    ["badge badge--", name(status)].concat()
}

/// Its name in the stylesheet.
pub(super) fn name(status: &Status) -> &'static str {
    match status {
        Status::Active { .. } => "active",
        Status::Paused { last: None } => "waiting",
        Status::Paused { last: Some(_) } => "paused",
        Status::Ended { .. } => "ended",
    }
}
