//! The presses that are not saved yet: sending, waiting, refused or too late.

use leptos::prelude::*;

use crate::live::feed::Feed;

/// The presses that are not saved yet; nothing when all are.
#[component]
pub fn UnsentList(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let _ = feed;
}
