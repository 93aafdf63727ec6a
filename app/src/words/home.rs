//! Text of the home page.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::{errors, time};
use crate::{
    domain::{
        access::{NoAddress, NotAKey},
        code::NotACode,
        role::Role,
        session::Session,
    },
    service::ServiceError,
};

/// What this product is called.
pub(crate) const PRODUCT: &str = "Clip Timestamp Collector";
/// The same behind the title of a page, as on a home screen: a tab has little room, and the viewers' bundle carries it.
pub(crate) const PRODUCT_SHORT: &str = "Clips";
/// What it is for.
pub(crate) const LEAD: &str = "Your viewers press one button when something worth clipping happens; after the stream you export the list of timestamps, or of the moments that they make up.";
/// What search engines and chats say of every page.
pub(crate) const DESCRIPTION: &str = "Viewers mark the moments of a stream that are worth clipping; the streamer exports them as a list.";

/// The heading of the form that opens a session.
pub(crate) const OPEN_HEADING: &str = "Open a session";
/// The field for the title.
pub(crate) const TITLE: &str = "Title";
/// The field for the game.
pub(crate) const GAME: &str = "Game";
/// A title, for instance.
pub(crate) const TITLE_EXAMPLE: &str = "Witcher 3 – Act 1 Finale";
/// A game, for instance.
pub(crate) const GAME_EXAMPLE: &str = "The Witcher 3";

/// The heading of the form for a code.
pub(crate) const JOIN_HEADING: &str = "Join a stream";
/// The field for a code.
pub(crate) const CODE: &str = "Session code";
/// A code, for instance.
pub(crate) const CODE_EXAMPLE: &str = "7KQ2MX";
/// What can be typed there.
pub(crate) const CODE_HINT: &str =
    "The streamer shows it on the stream. The whole link works here too.";
/// Why what was typed there leads nowhere.
pub(crate) fn no_address(why: NoAddress) -> Cow<'static, str> {
    match why {
        NoAddress::Code(NotACode) => {
            "A session code has six letters or digits, like 7KQ2MX. Please check it.".into()
        }
        NoAddress::Key(NotAKey) => errors::error(&ServiceError::InvalidLink),
    }
}
/// The button that leads to the session.
pub(crate) const JOIN: &str = "Join";

/// The heading of the sessions that this browser controls or moderates.
pub(crate) const OWN_HEADING: &str = "Your sessions";
/// There are none.
pub(crate) const NO_OWN: &str =
    "None yet. Those that you open or moderate in this browser appear here.";
/// The way to the viewers' page.
pub(crate) const VIEWERS_PAGE: &str = "Viewers’ page";

/// The field that finds sessions.
pub(crate) const SEARCH: &str = "Find a session";
/// What it looks at.
pub(crate) const SEARCH_HINT: &str = "title, game or code";
/// It found none.
pub(crate) const NOTHING_FOUND: &str = "None of your sessions matches.";
/// The link to a new session with the settings of an old one.
pub(crate) const SAME_AGAIN: &str = "Same again";
/// Above the form for such a session, before the old one's title.
pub(crate) const LIKE: &str = "With the settings of";
/// The old one is no longer there, or no longer controlled by this browser.
pub(crate) const LIKE_GONE: &str = "The session whose settings you wanted is gone, or this browser no longer controls it. Restore it under “Your sessions” if it is listed there as deleted, or use the default settings.";
/// The link to a form without them.
pub(crate) const NOT_LIKE: &str = "Use the default settings instead";
/// The button that deletes a session.
pub(crate) const DELETE: &str = "Delete";
/// The button that restores a deleted session.
pub(crate) const RESTORE: &str = "Restore";

/// When a session was opened.
pub(crate) fn opened(at: DateTime<Utc>, this_year: i32) -> String {
    ["opened ", &time::date_and_time(at, this_year)].concat()
}

/// Which session a button or link of its row is about, for those who hear the page: several can have the same title.
pub(crate) fn which(session: &Session) -> String {
    format!("{}, code {}", session.title, session.code)
}

/// A session is deleted, and until when it can be restored if that is known.
pub(crate) fn deleted(until: Option<DateTime<Utc>>, this_year: i32) -> String {
    match until {
        Some(until) => format!(
            "Deleted. It can be restored until {}.",
            time::date_and_time(until, this_year)
        ),
        None => "Deleted. It can be restored for a day.".to_owned(),
    }
}

/// The button that opens a session.
pub(crate) fn open(is_opening: bool) -> &'static str {
    match is_opening {
        true => "Opening …",
        false => "Open the session",
    }
}

/// What somebody in this role does in a session.
pub(crate) fn does(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Watch",
        Role::Moderator => "Moderate",
        Role::Streamer => "Control",
    }
}

/// How many timestamps a session has.
pub(crate) fn timestamps(count: u32) -> String {
    match count {
        1 => "1 timestamp".to_owned(),
        count => format!("{count} timestamps"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::session::tests::blank;

    #[test]
    fn sessions_of_one_title_differ_in_what_their_buttons_and_dates_say() {
        insta::assert_snapshot!(which(&blank()), @"Witcher 3, code 000000");
        let opened = |this_year| opened(DateTime::UNIX_EPOCH, this_year);
        insta::assert_snapshot!(opened(1970), @"opened 01 Jan 00:00 UTC");
        insta::assert_snapshot!(opened(1971), @"opened 01 Jan 1970 00:00 UTC");
    }
}
