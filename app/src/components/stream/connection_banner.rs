//! Says that a page is not live, and what to do about it.

use leptos::prelude::*;

use crate::{
    components::shared::{event_target::DOES, live_text::escaped, updates::Update},
    domain::role::Audience,
    live::{connection::state_machine::Connection, page::feed::Feed},
    words::viewer,
};

const BANNER: &str = "connection";
/// The action of its button.
pub(crate) const TRY: &str = "try";

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

fn content(connection: Connection, audience: Audience) -> String {
    let Some(words) = viewer::connection(connection, audience) else {
        return String::new();
    };
    let button = match connection.is_away() {
        true => format!(
            "<button type=\"button\" class=\"button button--quiet\" {DOES}=\"{TRY}\">{}</button>",
            viewer::TRY_NOW
        ),
        false => String::new(),
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
    use crate::live::connection::state_machine::Ending;

    #[test]
    fn a_page_that_tries_again_can_be_told_to_do_so_now() {
        let shown = |connection| content(connection, Audience::Public);
        assert_eq!(shown(Connection::START), "");
        let away = shown(Connection::Waiting { failures: 3 });
        assert!(away.contains("data-does=\"try\""), "{away}");
        let gone = shown(Connection::Ended(Ending::Gone));
        assert!(gone.contains("This session is gone") && !gone.contains("<button"));
    }
}
