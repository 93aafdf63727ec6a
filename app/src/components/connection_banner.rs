//! Tells that a page is not live, and what to do about it.

use leptos::prelude::*;

use super::{announcer::use_announced, live_text::live_text};
use crate::{
    domain::role::Audience,
    live::{
        connection::{Connection, Ending, Why},
        feed::Feed,
    },
};

/// Tells that a page is not live, and what to do about it; nothing while it is.
#[component]
pub fn ConnectionBanner(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let words = Memo::new(move |_| words(feed.connection.get(), feed.audience));
    use_announced(Memo::new(move |_| words.get().map(ToOwned::to_owned)));
    let can_try = Memo::new(move |_| feed.connection.get().is_away());
    let is_told = Memo::new(move |_| words.read().is_some());
    view! {
        <div class="banner-place">
            <Show when=move || is_told.get()>
                <p class="banner banner--warning">
                    <span inner_html=live_text(move || words.get())></span>
                    <Show when=move || can_try.get()>
                        <button
                            type="button"
                            class="button button--quiet"
                            on:click=move |_| feed.nudge.run(())
                        >
                            "Try now"
                        </button>
                    </Show>
                </p>
            </Show>
        </div>
    }
}

fn words(connection: Connection, audience: Audience) -> Option<&'static str> {
    match (connection, audience) {
        (Connection::Ended(Ending::Revoked), Audience::Staff) => Some(
            "Your link was revoked or replaced, so this page has stopped. Open the newest one, or ask the streamer for it; the viewers’ page still works.",
        ),
        (Connection::Ended(Ending::Revoked), Audience::Public) => {
            Some("This page may not watch the session any more. Ask the streamer for the link.")
        }
        (Connection::Ended(Ending::Gone), _) => {
            Some("This session is gone, so this page has stopped. Ask the streamer for a new link.")
        }
        (connection, _) if connection.is_away() => Some(
            "The server can’t be reached. What you press is kept, and this page catches up by itself.",
        ),
        (
            Connection::Polling {
                why: Why::ManyTabs, ..
            },
            _,
        ) => Some(
            "Other tabs in this browser already use all the live connections that it can keep open. This page checks for news every few seconds instead. To make it live, close a tab that you don’t need.",
        ),
        (
            Connection::Polling {
                why: Why::HeldBack,
                polls: 1..,
                ..
            },
            _,
        ) => Some(
            "The live stream does not come through: something on the way holds it back. This page asks every few seconds instead, so it shows things later.",
        ),
        (
            Connection::Connecting { .. }
            | Connection::Live { .. }
            | Connection::Polling { .. }
            | Connection::Waiting { .. }
            | Connection::Resting,
            _,
        ) => None,
    }
}
