//! Text about control and moderator links.

use super::time::date_and_time;
use crate::domain::access::{Link, LinkKind};

/// The heading of the moderators' links.
pub(crate) const MODERATORS_HEADING: &str = "Moderator links";
/// The field for the name of who gets a link.
pub(crate) const FOR_WHOM: &str = "For whom?";
/// What it shows while it is empty.
pub(crate) const FOR_WHOM_EXAMPLE: &str = "Their name";
/// The field again, to go on in a sentence that says what is wrong with it.
pub(crate) const FOR_WHOM_FIELD: &str = "field “For whom?”";
/// The button that makes one.
pub(crate) const MAKE: &str = "Make a link";
/// The button that revokes one.
pub(crate) const REVOKE: &str = "Revoke";
/// Asks before a link is revoked.
pub(crate) const REVOKE_QUESTION: &str = "Revoke this link?";
/// What revoking it means.
pub(crate) const REVOKE_EXPLANATION: &str = "Whoever used it loses the moderators’ page at once.";
/// The button that does it.
pub(crate) const REVOKE_YES: &str = "Revoke it";

/// The heading of the control link's panel.
pub(crate) const CONTROL_HEADING: &str = "Control link";
/// When to replace it.
pub(crate) const CONTROL_EXPLANATION: &str = "Lost it, or shown it by mistake? Make a new one: the old one stops working, and this browser stays in control.";
/// The button that replaces it.
pub(crate) const REPLACE: &str = "Replace the control link";
/// Asks before it is replaced.
pub(crate) const REPLACE_QUESTION: &str = "Replace the control link?";
/// What replacing it means.
pub(crate) const REPLACE_EXPLANATION: &str =
    "The old link stops working at once, and other browsers that used it lose control.";
/// The button that does it.
pub(crate) const REPLACE_YES: &str = "Replace it";

/// The heading of how links were used.
pub(crate) const ACTIVITY_HEADING: &str = "Link activity";
/// What to do about it.
pub(crate) const ACTIVITY_EXPLANATION: &str =
    "More browsers than you expect? Revoke that moderator link, or replace the control link.";
/// Reloads it.
pub(crate) const REFRESH: &str = "Refresh";

/// A link in the address is being looked at: the title, the heading and the words.
pub(crate) const CHECKING: [&str; 3] = [
    "Checking your link",
    "One moment",
    "Your link is being checked …",
];
/// The browser kept no cookie: the heading and the words.
pub(crate) const NOT_KEPT: [&str; 2] = [
    "This browser keeps no cookies",
    "Your link works, but this browser did not keep the cookie by which the server recognises it. Allow cookies for this site, and try the link again. This page keeps the link until it works: don’t close it.",
];
/// Tries the link in the address once more.
pub(crate) const TRY_AGAIN: &str = "Try the link again";
/// Takes away that the link in the address gave nothing.
pub(crate) const DISMISS: &str = "Dismiss";

/// Tells who has no scripts to paste the link.
pub(crate) const WITHOUT_SCRIPTS: &str =
    "Without scripts in this browser a link doesn’t open automatically: paste it here.";
/// The field for a link that is pasted.
pub(crate) const PASTE: &str = "Control or moderator link";
/// What it shows while it is empty.
pub(crate) const PASTE_HINT: &str = "paste it here";
/// Opens it.
pub(crate) const OPEN: &str = "Open";

/// What stands around a link that was just made.
pub(crate) struct Fresh {
    pub(crate) heading: &'static str,
    pub(crate) warning: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) name: &'static str,
    pub(crate) saved: &'static str,
}

/// The words around a link of this kind that was just made.
pub(crate) fn fresh(kind: LinkKind) -> Fresh {
    match kind {
        LinkKind::Control => Fresh {
            heading: "Save this control link",
            warning: "Save it before you leave this page: it can’t be looked up later. Whoever has it controls this session: keep it where only you can read it. It is your way back if this browser loses its cookies.",
            copy: "Copy control link",
            name: "Control link",
            saved: "I saved it",
        },
        LinkKind::Moderator => Fresh {
            heading: "Send this link to your moderator",
            warning: "It is shown only once. Whoever has it can hide timestamps and edit notes.",
            copy: "Copy moderator link",
            name: "Moderator link",
            saved: "I sent it",
        },
    }
}

/// Shows a link that is masked, or masks it.
pub(crate) fn mask(is_shown: bool) -> &'static str {
    match is_shown {
        true => "Mask",
        false => "Show",
    }
}

/// Follows the button's word, for those who hear the page.
pub(crate) fn of(label: &str) -> String {
    format!(" the link of {label}")
}

/// When a link was last used, or revoked.
pub(crate) fn usage(link: &Link, this_year: i32) -> String {
    let date_and_time = |time| date_and_time(time, this_year);
    match (link.revoked_at, link.last_used_at) {
        (Some(time), _) => format!("revoked {}", date_and_time(time)),
        (None, Some(time)) => format!("last used {}", date_and_time(time)),
        (None, None) => format!("created {}, not used yet", date_and_time(link.created_at)),
    }
}

/// How many browsers hold a link, and when it was last used or revoked.
pub(crate) fn activity(link: &Link, this_year: i32) -> String {
    let date_and_time = |time| date_and_time(time, this_year);
    let browsers = match link.uses.browsers {
        0 => "not opened yet".to_owned(),
        1 => "in 1 browser".to_owned(),
        browsers => format!("in {browsers} browsers"),
    };
    match (link.revoked_at, link.last_used_at) {
        (Some(time), _) => format!("revoked {}; it was {browsers}", date_and_time(time)),
        (None, Some(time)) => format!("{browsers}, last used {}", date_and_time(time)),
        (None, None) => format!("{browsers}, created {}", date_and_time(link.created_at)),
    }
}

/// When each of the newest browsers opened a link first; nothing where none did.
pub(crate) fn opened(link: &Link, this_year: i32) -> Option<String> {
    let date_and_time = |time| date_and_time(time, this_year);
    let times = link.uses.redeemed_at.iter().copied().map(date_and_time);
    let times: Vec<_> = times.collect();
    (!times.is_empty()).then(|| format!("first opened {}", times.join(", ")))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        access::{LinkId, LinkUsage},
        text::Text,
    };

    fn link(browsers: u32) -> Link {
        Link {
            id: LinkId(Uuid::nil()),
            kind: LinkKind::Moderator,
            label: Text::parse("Anna").unwrap(),
            created_at: DateTime::UNIX_EPOCH,
            last_used_at: None,
            revoked_at: None,
            uses: LinkUsage {
                browsers,
                redeemed_at: Vec::new(),
            },
        }
    }

    #[test]
    fn a_link_tells_how_many_browsers_hold_it_and_when_it_was_used() {
        let later = |hours| Some(DateTime::UNIX_EPOCH + TimeDelta::hours(hours));
        insta::assert_snapshot!(activity(&link(0), 1970), @"not opened yet, created 01 Jan 00:00 UTC");
        let used = Link {
            last_used_at: later(1),
            ..link(1)
        };
        insta::assert_snapshot!(activity(&used, 1970), @"in 1 browser, last used 01 Jan 01:00 UTC");
        let revoked = Link {
            revoked_at: later(2),
            last_used_at: later(1),
            ..link(3)
        };
        insta::assert_snapshot!(activity(&revoked, 1970), @"revoked 01 Jan 02:00 UTC; it was in 3 browsers");
        insta::assert_snapshot!(activity(&revoked, 1971), @"revoked 01 Jan 1970 02:00 UTC; it was in 3 browsers");
    }
}
