//! Says that a page is not live, and what to do about it.

use leptos::prelude::*;
use web_sys::Element;

use crate::{
    components::{
        session::session_head::SESSION_TITLE,
        shared::{event_target::DOES, live_text::escaped, updates::Update},
    },
    domain::role::Audience,
    live::{
        connection::state_machine::{Connection, Ending},
        page::feed::Feed,
    },
    words::viewer,
};

const BANNER: &str = "connection";
/// The actions of its button.
pub(crate) const TRY: &str = "try";
/// Loads the page again.
pub(crate) const RELOAD: &str = "reload";

/// Says that a page is not live, and what to do about it; empty while it is. `update` keeps it current.
#[component]
pub fn ConnectionBanner(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let content = content(feed.connection.get_untracked(), feed.audience);
    view! { <div id=BANNER class="banner-place" inner_html=content></div> }
}

pub(crate) fn update(connection: Connection, audience: Audience) -> Update {
    Update::content(BANNER, content(connection, audience))
}

/// The selector of what follows its button if that goes away: another one, or the title of the page once it is live again.
pub(crate) fn way_on(focused: &Element) -> Option<String> {
    focused.closest("#connection").ok()??;
    let again = "#connection button, body:not(:has(#connection button)) ";
    Some([again, SESSION_TITLE].concat())
}

fn content(connection: Connection, audience: Audience) -> String {
    let Some(words) = viewer::connection(connection, audience) else {
        return String::new();
    };
    let button = |does: &str, words: &str| {
        format!(
            "<button type=\"button\" class=\"button button--quiet\" {DOES}=\"{does}\">{words}</button>"
        )
    };
    let button = match connection {
        // A session that was deleted can be restored, and another link redeemed.
        Connection::Ended(Ending::Gone | Ending::Revoked) => button(RELOAD, viewer::RELOAD),
        _ if connection.is_away() => button(TRY, viewer::TRY_NOW),
        _ => String::new(),
    };
    let words = escaped(words);
    [
        "<p class=\"banner banner--warning\"><span>",
        &words,
        "</span>",
        &button,
        "</p>",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_tries_again_can_be_told_to_do_so_now_and_one_that_stopped_can_be_loaded_again() {
        let shown = |connection| content(connection, Audience::Public);
        assert_eq!(shown(Connection::START), "");
        let away = shown(Connection::Waiting { failures: 3 });
        assert!(away.contains("data-does=\"try\""), "{away}");
        let gone = shown(Connection::Ended(Ending::Gone));
        assert!(gone.contains("This session is gone") && gone.contains("data-does=\"reload\""));
        let revoked = shown(Connection::Ended(Ending::Revoked));
        assert!(!revoked.is_empty() && revoked.contains("data-does=\"reload\""));
    }
}
