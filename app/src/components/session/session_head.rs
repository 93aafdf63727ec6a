//! Title, game and status of a session.

use leptos::prelude::*;

use super::status_badge::StatusBadge;
use crate::{components::shared::live_text::live_text, live::page::feed::Feed};

/// Title, game and status of a session.
#[component]
pub fn SessionHead(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    view! {
        <div class="session-head">
            <h1
                class="session-head__title"
                dir="auto"
                inner_html=live_text(move || feed.session.read().title.to_string())
            ></h1>
            <p
                class="session-head__game"
                dir="auto"
                inner_html=live_text(move || feed.session.read().game.to_string())
            ></p>
            <StatusBadge session=feed.session />
        </div>
    }
}
