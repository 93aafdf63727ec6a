//! Title, game and status of a session.

use leptos::prelude::*;

use super::status_badge;
use crate::{
    components::shared::{live_text::escaped, updates::Update},
    domain::session::Session,
    live::page::feed::Feed,
    words::stream,
};

const TITLE: &str = "session-title";
/// The title, as a selector: the focus goes there from what stood above the panels of a page.
pub(crate) const SESSION_TITLE: &str = "#session-title";
const GAME: &str = "session-game";
const BADGE: &str = "session-badge";

/// Title, game and status of a session. `updates` keeps them current.
#[component]
pub fn SessionHead(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let session = feed.session.read_untracked();
    view! {
        <div class="session-head">
            <h1
                id=TITLE
                class="session-head__title"
                dir="auto"
                tabindex="-1"
                inner_html=escaped(session.title.as_str())
            ></h1>
            <p id=GAME class="session-head__game" dir="auto" inner_html=escaped(session.game.as_str())></p>
            <span
                id=BADGE
                class=status_badge::class(&session.status)
                translate="no"
                data-status=status_badge::name(&session.status)
                inner_html=stream::status(&session.status)
            ></span>
        </div>
    }
    .into_any()
}

pub(super) fn updates(session: &Session) -> [Update; 5] {
    let status = &session.status;
    [
        Update::content(TITLE, escaped(session.title.as_str())),
        Update::content(GAME, escaped(session.game.as_str())),
        Update::content(BADGE, stream::status(status).to_owned()),
        Update::attribute(BADGE, "class", status_badge::class(status)),
        Update::attribute(BADGE, "data-status", status_badge::name(status).to_owned()),
    ]
}
