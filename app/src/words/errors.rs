//! Text of errors: why something was refused or failed, and what the user can do about it.

use std::{borrow::Cow, fmt::Display};

use super::{links, moments, press_refused, settings, stream, time::minutes_ago};
use crate::{
    domain::{
        access::Link,
        clip_url::ClipUrl,
        filter::{Filter, FilterError},
        held::MOST_HELD_WORDS,
        invalid_input::InvalidInput,
        limited_action::Action,
        moderation::ModerationAction,
        moments::join,
        role::{Audience, Right, Role},
        stream_command::{ActRefused, MOST_MINUTES_AGO, MOST_SEGMENTS},
        text::{Field, TextError},
    },
    service::ServiceError,
};

/// The address leads nowhere.
pub(crate) const NO_PAGE: &str =
    "There is no page at this address. Please check it, or type the session’s code.";

/// The button of a page that may be there the next time.
pub(crate) const TRY_AGAIN: &str = "Try again";

/// The link to the first page.
pub(crate) const HOME: &str = "Home";

/// Why something did not work.
pub fn error(error: &ServiceError) -> Cow<'static, str> {
    match error {
        ServiceError::NotFound => {
            "No session has this code. Please check it, or ask the streamer for the link.".into()
        }
        ServiceError::Forbidden(right) => forbidden(*right).into(),
        ServiceError::InvalidLink => {
            "This link does not work. It may have been revoked or replaced: open the newest link that you saved, or ask the streamer for a new one.".into()
        }
        ServiceError::TooManyLinks => format!(
            "A session has at most {} links, revoked ones included. Share one that works with several moderators.",
            Link::MOST
        )
        .into(),
        ServiceError::Press(refused) => press_refused::by_rule(refused, Audience::Public).into(),
        ServiceError::Act(refused) => act(refused),
        ServiceError::SessionActive => {
            "This session is live. End it first: viewers could press in it until it is gone.".into()
        }
        ServiceError::Conflict => PRESS_CONFLICT.into(),
        ServiceError::ModerationConflict => {
            "That was undone in the meantime, or somebody else did it. Please try again.".into()
        }
        ServiceError::NoTimestamp => "This timestamp no longer exists.".into(),
        ServiceError::NoMoment => NO_MOMENT.into(),
        ServiceError::NoModeration => "There is nothing left to undo here. See the moderation log.".into(),
        ServiceError::Edited { note } => edited("this note", note.as_ref()),
        ServiceError::TitleEdited { title } => edited("this title", title.as_ref()),
        ServiceError::ClipEdited { clip } => edited("the link to the clip", clip.as_ref()),
        ServiceError::StateEdited(state) => edited("the state", Some(&moments::state(*state))),
        ServiceError::RangeEdited { start, end } => {
            edited("the start or end", Some(&moments::range(*start, *end)))
        }
        ServiceError::EditedSince => {
            "This has been changed again since. Undo the later change first, or edit it in the list.".into()
        }
        ServiceError::TargetIsStaff => {
            "That was pressed by a moderator or the streamer. Hide the timestamp instead; a moderator’s link can be revoked.".into()
        }
        ServiceError::OtherSite => OTHER_SITE.into(),
        ServiceError::Invalid(why) => invalid(why),
        ServiceError::RateLimited { seconds, action } => too_many(*action, *seconds).into(),
        ServiceError::Unavailable { seconds } => busy(*seconds).into(),
        ServiceError::Unreachable => "The server can’t be reached right now.".into(),
        ServiceError::RefusedOnTheWay => ON_THE_WAY.into(),
        ServiceError::Internal => BROKEN.into(),
    }
}

/// What stands above the words of an error.
pub(crate) fn heading(error: &ServiceError) -> &'static str {
    match error {
        ServiceError::NotFound => "Nothing here",
        ServiceError::Forbidden(_) => "Not for this browser",
        ServiceError::InvalidLink => "This link does not work",
        ServiceError::Unavailable { .. } => "The server is busy",
        ServiceError::Unreachable | ServiceError::RefusedOnTheWay => "Can’t reach the server",
        ServiceError::RateLimited { .. } => "Too many requests",
        ServiceError::Press(_)
        | ServiceError::TooManyLinks
        | ServiceError::Act(_)
        | ServiceError::SessionActive
        | ServiceError::Conflict
        | ServiceError::ModerationConflict
        | ServiceError::NoTimestamp
        | ServiceError::NoMoment
        | ServiceError::NoModeration
        | ServiceError::Edited { .. }
        | ServiceError::TitleEdited { .. }
        | ServiceError::ClipEdited { .. }
        | ServiceError::StateEdited(_)
        | ServiceError::RangeEdited { .. }
        | ServiceError::EditedSince
        | ServiceError::TargetIsStaff
        | ServiceError::OtherSite
        | ServiceError::Invalid(_) => "That did not work",
        ServiceError::Internal => "Something went wrong",
    }
}

/// The id of a press names another one.
pub(super) const PRESS_CONFLICT: &str = "Another press has this id already. Please press again.";

/// No moment has this id, or viewers don't see it.
pub(super) const NO_MOMENT: &str =
    "This moment no longer exists. It may be part of another one by now.";

/// The server took a request for another site's.
pub(super) const OTHER_SITE: &str = "The server took this for a request from another site, and refused it. Open this page at the server’s public address. If that is where you are, tell whoever runs it: the proxy must pass on Host with its port, and PUBLIC_URL must be the address that browsers show.";

/// What answered with 403 was not the server.
pub(super) const ON_THE_WAY: &str = "Something between you and the server refused this request (403), such as a proxy, a firewall or a filter. Turn off your VPN and any blockers, or try another network. If it happens to everybody, tell whoever runs the server.";

/// A fault of the server.
pub(super) const BROKEN: &str = "Something went wrong on the server. Please try again.";

/// What was more than one may, if the server said so.
fn too_many(action: Option<Action>, seconds: u16) -> String {
    let what = match action {
        None => MANY_REQUESTS,
        Some(Action::Press) => MANY_PRESSES,
        Some(Action::Join) => MANY_JOINS,
        Some(Action::OpenSession) => "Too many new sessions from your network.",
        Some(Action::Read | Action::Render) => "Too many pages were loaded from your network.",
        Some(Action::Forbidden) => {
            "Too many attempts from your network to do what only moderators or the streamer may do."
        }
        Some(Action::FindCode) => {
            "Too many codes that no session has were tried from your network."
        }
        Some(Action::Moderate) => "Too many rows were moderated from your network.",
        Some(Action::Announce) => "Too many staff pages are open in your network.",
        Some(Action::Control) => {
            "The streamer’s buttons, settings and links were used too often from your network."
        }
        Some(Action::Redeem) => "Too many links were opened from your network.",
        Some(Action::Export) => "Too many exports from your network.",
        Some(Action::Erase) => "Too many people asked to be forgotten from your network.",
    };
    later(what, seconds)
}

/// It was more than one may, and nothing more is known.
pub(super) const MANY_REQUESTS: &str = "Too many requests.";

/// There were more presses than a viewer, a network or a session may make.
pub(super) const MANY_PRESSES: &str = "Too many presses.";

/// More moments were joined than a viewer, a network or a session may at once.
pub(super) const MANY_JOINS: &str = "Too many moments were joined at once.";

/// A visitor has joined as many moments as they may.
pub(super) fn too_many_joins() -> String {
    let most = join::MOST;
    format!("You have joined {most} moments of this session, and can’t join any more.")
}

/// What is the matter, and when it will have passed.
pub(super) fn later(what: &str, seconds: u16) -> String {
    format!("{what} Try again in {seconds} s.")
}

/// The server can't take it now.
pub(super) fn busy(seconds: u16) -> String {
    later("The server is busy.", seconds)
}

/// Why one of the streamer's buttons was refused, and which ones are possible.
fn act(refused: &ActRefused) -> Cow<'static, str> {
    match refused {
        ActRefused::NotNow { button, status } => {
            let allowed = status.allowed().into_iter().map(stream::button);
            format!(
                "{} is not possible now: {}. You can press {}.",
                stream::button(*button),
                stream::stands(status),
                allowed.collect::<Vec<_>>().join(" or ")
            )
            .into()
        }
        ActRefused::Stale { shown, latest } => format!(
            "This page showed segment {shown}, but the stream is at segment {latest} by now. Check the page before you press."
        )
        .into(),
        ActRefused::BeganTooEarly { at_most } => format!(
            "The previous segment ended {}: this one can’t have begun earlier than that.",
            minutes_ago(*at_most)
        )
        .into(),
        ActRefused::BeganTooLongAgo => format!(
            "A stream can have begun at most {} hours ago.",
            MOST_MINUTES_AGO / 60
        )
        .into(),
        ActRefused::TooManySegments => format!(
            "This session is at its limit of {MOST_SEGMENTS} segments. End it, and open another one."
        )
        .into(),
    }
}

/// Why what was typed or sent was refused.
pub(crate) fn invalid(why: &InvalidInput) -> Cow<'static, str> {
    match why {
        InvalidInput::Text(error) => text(error).into(),
        InvalidInput::NoWord { word } => {
            format!("“{word}” has no letter or digit, so no note can be held back for it.").into()
        }
        InvalidInput::TooManyWords { count } => {
            format!("These are {count} words; at most {MOST_HELD_WORDS} fit.").into()
        }
        InvalidInput::SameLabels { word } => settings::same_labels(word).into(),
        InvalidInput::TooManyLabels { most, .. } => settings::too_many_labels(*most).into(),
        InvalidInput::Filter(FilterError::PicksNothing) => {
            "Filter by a text, a segment, a label or a range of time first.".into()
        }
        InvalidInput::Filter(FilterError::TooLong) => format!(
            "A filter has at most {} characters.",
            Filter::MOST_CHARACTERS
        )
        .into(),
        InvalidInput::TooManyIds => format!(
            "At most {} timestamps at once, please.",
            ModerationAction::MOST_NAMED
        )
        .into(),
        InvalidInput::Lead(_) => settings::not_a_lead().into(),
        InvalidInput::ClipUrl => format!(
            "The link to a clip begins with https:// or http:// and a host without accents, has at most {} characters once these are encoded, and contains neither spaces nor a password. Please copy it from the address bar.",
            ClipUrl::MAX
        )
        .into(),
        InvalidInput::Time => "Please write times like 01:23:45.".into(),
        InvalidInput::MomentRange(rule) => moments::not_a_range(*rule),
        InvalidInput::TooManyRanges => {
            "The moments of this session were merged, split and moved so often that they can’t be any more.".into()
        }
        InvalidInput::TooManyJoins => too_many_joins().into(),
        InvalidInput::Minutes => "Please give the minutes as a whole number.".into(),
        InvalidInput::Unconfirmed => "Please tick the box first.".into(),
        InvalidInput::NestedRehearsal => "A rehearsal can’t be rehearsed.".into(),
        InvalidInput::NotARehearsal => "This session is not a rehearsal, so it is not deleted.".into(),
        InvalidInput::Unspecified => "Please check what you typed.".into(),
    }
}

/// Why a text was refused.
pub(crate) fn text(error: &TextError) -> String {
    match error {
        TextError::TooLong {
            field,
            characters,
            most,
        } => format!(
            "This {} has {characters} characters; at most {most} fit.",
            name(*field)
        ),
        TextError::Empty { field } => format!("Please fill in the {}.", name(*field)),
    }
}

fn name(field: Field) -> &'static str {
    match field {
        Field::Note => "note",
        Field::Name => "name",
        Field::Title => "title",
        Field::Game => "game",
        Field::Label => links::FOR_WHOM_FIELD,
        Field::LabelWord => "label",
        Field::HeldWord => "word",
    }
}

/// Somebody else has changed something meanwhile: what, and what it is now.
fn edited(what: &str, now: Option<&impl Display>) -> Cow<'static, str> {
    match now {
        Some(now) => format!(
            "Somebody else has changed {what}. It is now “{now}”. Save again to replace it with yours."
        ),
        None => format!("Somebody else has removed {what}. Save again to put yours there."),
    }
    .into()
}

fn forbidden(right: Right) -> &'static str {
    match right.least_role() {
        Role::Viewer => "Only viewers of this session may do that.",
        Role::Moderator => {
            "Only moderators may do that. Open the moderator link that the streamer gave you."
        }
        Role::Streamer if right == Right::Pause => {
            "Only the streamer may do that, and moderators the streamer has allowed."
        }
        Role::Streamer => "Only the streamer may do that. Open the control link that you saved.",
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::error;

    #[test]
    fn what_each_error_says() {
        let mut words = String::new();
        for error in error::tests::all() {
            writeln!(words, "{}", super::error(&error)).unwrap();
        }
        insta::assert_snapshot!(words, @r"
        No session has this code. Please check it, or ask the streamer for the link.
        Only the streamer may do that. Open the control link that you saved.
        This link does not work. It may have been revoked or replaced: open the newest link that you saved, or ask the streamer for a new one.
        A session has at most 200 links, revoked ones included. Share one that works with several moderators.
        The stream has not started yet. Press again once it has started.
        The stream is paused. Press again when it resumes.
        The stream has ended: the list is closed. Tell a moderator if a moment is missing.
        The stream was paused when you pressed, so there is nothing to clip.
        The streamer asks for a name with every press. Fill in your name, and press again.
        That press waited longer than 15 minutes. Tell a moderator the time instead.
        A press can be changed or taken back for two minutes. Ask a moderator to change this one.
        Pause is not possible now: the stream has not started. You can press Start or End.
        This page showed segment 1, but the stream is at segment 3 by now. Check the page before you press.
        The previous segment ended 7 minutes ago: this one can’t have begun earlier than that.
        A stream can have begun at most 24 hours ago.
        This session is at its limit of 1000 segments. End it, and open another one.
        This session is live. End it first: viewers could press in it until it is gone.
        Another press has this id already. Please press again.
        That was undone in the meantime, or somebody else did it. Please try again.
        This timestamp no longer exists.
        This moment no longer exists. It may be part of another one by now.
        There is nothing left to undo here. See the moderation log.
        Somebody else has changed this note. It is now “mine”. Save again to replace it with yours.
        Somebody else has removed this note. Save again to put yours there.
        Somebody else has changed this title. It is now “theirs”. Save again to replace it with yours.
        Somebody else has removed this title. Save again to put yours there.
        Somebody else has changed the link to the clip. It is now “https://clips.example/1”. Save again to replace it with yours.
        Somebody else has removed the link to the clip. Save again to put yours there.
        Somebody else has changed the state. It is now “Rejected”. Save again to replace it with yours.
        Somebody else has changed the start or end. It is now “00:01:20 to 00:01:35”. Save again to replace it with yours.
        This has been changed again since. Undo the later change first, or edit it in the list.
        That was pressed by a moderator or the streamer. Hide the timestamp instead; a moderator’s link can be revoked.
        The server took this for a request from another site, and refused it. Open this page at the server’s public address. If that is where you are, tell whoever runs it: the proxy must pass on Host with its port, and PUBLIC_URL must be the address that browsers show.
        Too many requests. Try again in 3 s.
        The server is busy. Try again in 5 s.
        The server can’t be reached right now.
        Something between you and the server refused this request (403), such as a proxy, a firewall or a filter. Turn off your VPN and any blockers, or try another network. If it happens to everybody, tell whoever runs the server.
        Something went wrong on the server. Please try again.
        Too many presses. Try again in 3 s.
        Too many moments were joined at once. Try again in 3 s.
        Too many new sessions from your network. Try again in 3 s.
        Too many pages were loaded from your network. Try again in 3 s.
        Too many pages were loaded from your network. Try again in 3 s.
        Too many attempts from your network to do what only moderators or the streamer may do. Try again in 3 s.
        Too many codes that no session has were tried from your network. Try again in 3 s.
        Too many rows were moderated from your network. Try again in 3 s.
        Too many staff pages are open in your network. Try again in 3 s.
        The streamer’s buttons, settings and links were used too often from your network. Try again in 3 s.
        Too many links were opened from your network. Try again in 3 s.
        Too many exports from your network. Try again in 3 s.
        Too many people asked to be forgotten from your network. Try again in 3 s.
        This word has 41 characters; at most 40 fit.
        Please fill in the title.
        “!!” has no letter or digit, so no note can be held back for it.
        These are 201 words; at most 200 fit.
        Two labels say “wow”. Please change or remove one of them.
        At most 6 labels fit.
        Filter by a text, a segment, a label or a range of time first.
        A filter has at most 100 characters.
        At most 200 timestamps at once, please.
        Please give the seconds to step back as a whole number from 0 to 120.
        The link to a clip begins with https:// or http:// and a host without accents, has at most 500 characters once these are encoded, and contains neither spaces nor a password. Please copy it from the address bar.
        Please write times like 01:23:45.
        A moment can’t end before it starts, and can’t start in the future.
        A moment is split inside its range: later than its start, and no later than its end.
        Only moments of the same segment can be merged, and at most 50 into another one.
        The moments of this session were merged, split and moved so often that they can’t be any more.
        You have joined 500 moments of this session, and can’t join any more.
        Please give the minutes as a whole number.
        Please tick the box first.
        A rehearsal can’t be rehearsed.
        This session is not a rehearsal, so it is not deleted.
        Please check what you typed.
        ");
    }
}
