//! Text of joining a moment from the list.

use std::borrow::Cow;

use super::{errors, press};
use crate::{
    domain::{
        invalid_input::InvalidInput, limited_action::Action, press::PressRefused, role::Audience,
    },
    service::ServiceError,
};

/// Joins a moment: the viewer means the same. When it was follows for those who hear the page.
pub(crate) const ME_TOO: &str = "Me too";
/// The same button, once they have joined.
pub(crate) const YOU_TOO: &str = "You too";
/// Stands in its place where one of their own presses lies in the moment.
pub(crate) const YOU_MARKED: &str = "You marked this";

/// Why a moment was not joined.
pub(crate) fn refused(error: &ServiceError) -> Cow<'static, str> {
    match error {
        ServiceError::Press(
            PressRefused::NotStarted | PressRefused::Paused | PressRefused::Ended,
        ) => "You can join a moment only while the stream is live.".into(),
        ServiceError::NoMoment => errors::NO_MOMENT.into(),
        ServiceError::Invalid(InvalidInput::TooManyJoins) => errors::too_many_joins().into(),
        ServiceError::RateLimited {
            seconds,
            action: Some(Action::Join),
        } => errors::later(errors::MANY_JOINS, *seconds).into(),
        ServiceError::Unreachable => {
            "No answer came from the server, so it isn’t known whether you have joined the moment. Please try again."
                .into()
        }
        error => press::refused(error, Audience::Public),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_can_not_join_reads_why_and_nothing_about_a_press() {
        let refused = [
            ServiceError::Press(PressRefused::NotStarted),
            ServiceError::Press(PressRefused::Paused),
            ServiceError::Press(PressRefused::Ended),
            ServiceError::NoMoment,
            ServiceError::NotFound,
            ServiceError::Invalid(InvalidInput::TooManyJoins),
            ServiceError::RateLimited {
                seconds: 3,
                action: Some(Action::Join),
            },
            ServiceError::Unavailable { seconds: 5 },
            ServiceError::Unreachable,
            ServiceError::RefusedOnTheWay,
            ServiceError::Internal,
        ]
        .map(|error| super::refused(&error).into_owned());
        assert!(refused.iter().all(|words| !words.contains("press")));
        insta::assert_snapshot!(refused.join("\n"), @r"
        You can join a moment only while the stream is live.
        You can join a moment only while the stream is live.
        You can join a moment only while the stream is live.
        This moment no longer exists. It may be part of another one by now.
        This session is gone.
        You have joined 500 moments of this session, and can’t join any more.
        Too many moments were joined at once. Try again in 3 s.
        The server is busy. Try again in 5 s.
        No answer came from the server, so it isn’t known whether you have joined the moment. Please try again.
        Something between you and the server refused this request (403), such as a proxy, a firewall or a filter. Turn off your VPN and any blockers, or try another network. If it happens to everybody, tell whoever runs the server.
        Something went wrong on the server. Please try again.
        ");
    }
}
