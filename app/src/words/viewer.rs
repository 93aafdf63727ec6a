//! Text of the viewers' page, and of the connection banner.

use crate::{
    domain::{
        role::{Audience, Right, Role},
        session::Status,
        timestamp::Timestamp,
    },
    live::connection::state_machine::{Connection, Ending, Why},
};

/// The heading of the list; its count follows.
pub(crate) const LATEST: &str = "Latest timestamps ";
/// The link to a list with one's own presses, if there are no scripts.
pub(crate) const SHOW_MINE: &str = "Show mine too";
/// The way to the privacy page.
pub(crate) const PRIVACY: &str = "What is stored about you";
/// Makes a page live again at once.
pub(crate) const TRY_NOW: &str = "Try now";

/// Reloads a page that has stopped.
pub(crate) const RELOAD: &str = "Reload";

/// A row of one's own.
pub(crate) const YOURS: &str = "yours";

/// The stream runs, for those who hear the page.
pub(crate) const RUNS: &str = "The stream is live. The button works.";

/// What a status without an open segment means for a viewer.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Standstill {
    /// In one sentence.
    pub(crate) heading: &'static str,
    /// What to do.
    pub(crate) advice: &'static str,
    /// What to do without scripts.
    pub(crate) without_scripts: &'static str,
}

/// Nothing while the stream runs.
pub(crate) fn standstill(status: &Status, role: Role) -> Option<Standstill> {
    match status {
        Status::Active { .. } => None,
        Status::Paused { last: None } => Some(Standstill {
            heading: "The stream has not started yet",
            advice: "Keep this page open: it wakes up automatically.",
            without_scripts: "Reload this page when the stream has started.",
        }),
        Status::Paused { last: Some(_) } => Some(Standstill {
            heading: "The stream is paused",
            advice: "Keep this page open: the button works again when the stream goes on.",
            without_scripts: "Reload this page when the stream goes on.",
        }),
        Status::Ended { .. } => {
            let closed = match role.may(Right::Moderate) {
                true => "The list is closed. The streamer can reopen the session.",
                false => "The list is closed. Is a moment missing? Tell a moderator.",
            };
            Some(Standstill {
                heading: "The stream has ended",
                advice: closed,
                without_scripts: closed,
            })
        }
    }
}

/// Why viewers don't see a row.
pub(crate) fn hidden(timestamp: &Timestamp) -> Option<&'static str> {
    match (timestamp.hidden, timestamp.held) {
        (false, _) => None,
        (true, true) => Some("held back"),
        (true, false) => Some("hidden"),
    }
}

/// Why a page is not live, and what to do about it; `None` while it is.
pub(crate) fn connection(connection: Connection, audience: Audience) -> Option<&'static str> {
    match (connection, audience) {
        (Connection::Ended(Ending::Revoked), Audience::Staff) => Some(
            "Your link was revoked or replaced, so this page has stopped. Open the newest one, or ask the streamer for it; the viewers’ page still works.",
        ),
        (Connection::Ended(Ending::Revoked), Audience::Public) => {
            Some("This page may not watch the session any more. Ask the streamer for the link.")
        }
        (Connection::Ended(Ending::Gone), _) => Some(
            "This session is gone, so this page has stopped. If the streamer has restored it, reload the page.",
        ),
        (connection, _) if connection.is_away() => Some(
            "The server can’t be reached. What you press is kept, and this page catches up automatically.",
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
            "The live stream does not come through: something on the way holds it back. This page checks for news every few seconds instead, so it shows things a little later.",
        ),
        (
            Connection::Polling {
                why: Why::Refused,
                // The first asks for a stream again, which may open: the server may only have been away.
                polls: 2..,
                ..
            },
            _,
        ) => Some(
            "The server opens no live stream for this page at the moment. The page checks for news every few seconds instead, so it shows things a little later.",
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
