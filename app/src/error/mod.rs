//! The errors that pages and server functions get.

mod json;

use serde::Serialize;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};
use thiserror::Error;

use crate::{
    IS_SERVER,
    domain::{
        access::Link,
        clip_url::ClipUrl,
        filter::FilterError,
        held::HeldWordsError,
        invalid_input::InvalidInput,
        lead::LeadError,
        limited_action::Action,
        moments::{moment::EditingState, range_rule::RangeRule},
        offset::Offset,
        press::PressRefused,
        role::Right,
        stream_command::ActRefused,
        text::{Note, TextError, Title},
    },
    json::JsonEncoding,
};

/// Why something was not done. The text for users is in `words`; `Display` is for logs.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize)]
#[serde(
    remote = "Self",
    tag = "error",
    content = "detail",
    rename_all = "snake_case"
)]
pub enum ServiceError {
    /// No session has this code.
    #[error("no session has this code")]
    NotFound,
    /// The caller's role lacks the right.
    #[error("the caller lacks the right {0:?}")]
    Forbidden(Right),
    /// An invalid link: wrong, foreign or revoked; which one is not said.
    #[error("the link gives nothing")]
    #[serde(rename = "dead_link")]
    InvalidLink,
    /// The session already has the most links allowed.
    #[error("the session has {} links", Link::MOST)]
    TooManyLinks,
    /// A press that a rule refuses.
    #[error(transparent)]
    Press(PressRefused),
    /// A command that the status doesn't allow.
    #[error(transparent)]
    Act(ActRefused),
    /// An active session can't be deleted.
    #[error("the session is active")]
    SessionActive,
    /// The id of this press names another one.
    #[error("another press has this id")]
    Conflict,
    /// The action to be resumed is somebody else's, a different one, or was undone.
    #[error("the act is another one, or was undone")]
    #[serde(rename = "other_act")]
    ModerationConflict,
    /// No timestamp of this session, or of this caller, has that id.
    #[error("no timestamp has this id")]
    NoTimestamp,
    /// No moment of this session has that id.
    #[error("no moment has this id")]
    NoMoment,
    /// No moderation action that could be undone has that id.
    #[error("no act that can be undone has this id")]
    NoModeration,
    /// Somebody else changed the note while it was being edited.
    #[error("the note was changed while it was edited")]
    Edited {
        /// The current note.
        note: Option<Note>,
    },
    /// Somebody else changed the title of a moment while it was being edited.
    #[error("the title was changed while it was edited")]
    TitleEdited {
        /// The current title.
        title: Option<Title>,
    },
    /// Somebody else changed the clip of a moment while it was being edited.
    #[error("the clip was changed while it was edited")]
    ClipEdited {
        /// The current clip.
        clip: Option<ClipUrl>,
    },
    /// Somebody else changed how far the editing of a moment has come, while it was being edited; this is the current state.
    #[error("the state was changed while it was edited")]
    StateEdited(EditingState),
    /// Somebody else changed the range of a moment, or parted or joined it, while it was being edited.
    #[error("the range was changed while it was edited")]
    RangeEdited {
        /// Its current first second.
        start: Offset,
        /// Its current last second.
        end: Offset,
    },
    /// The note, or the moment, was changed again after the edit that was to be undone.
    #[error("the note or moment was changed after this edit")]
    EditedSince,
    /// The visitor to be blocked is a staff member.
    #[error("the visitor belongs to the staff")]
    #[serde(rename = "staff")]
    TargetIsStaff,
    /// The server took the request for a cross-site one.
    #[error("the request seems to come from another site")]
    OtherSite,
    /// The input breaks a rule, or can't be parsed.
    #[error(transparent)]
    Invalid(InvalidInput),
    /// A visitor, a network or a session has exceeded a limit. Nothing was stored.
    #[error("too many requests ({action:?}); the next one in {seconds} s")]
    #[serde(rename = "too_many")]
    RateLimited {
        /// How many seconds to wait.
        seconds: u16,
        /// What was done too often; `None` if it is an action that this build doesn't know, or the server didn't say.
        #[serde(skip_serializing_if = "Option::is_none")]
        action: Option<Action>,
    },
    /// The server is temporarily unavailable, or took too long: what was sent may still be stored, so it is sent again with
    /// the same id.
    #[error("the server is busy; the next attempt in {seconds} s")]
    #[serde(rename = "busy")]
    Unavailable {
        /// How many seconds to wait.
        seconds: u16,
    },
    /// The server could not be reached, or its answer can't be read.
    #[error("the server can't be reached")]
    #[serde(rename = "away")]
    Unreachable,
    /// Something between the browser and the server has refused the request (403), for instance a proxy or a filter. Only
    /// browsers find that.
    #[error("something on the way to the server has refused the request")]
    RefusedOnTheWay,
    /// A bug or failure of the server; its log has the cause.
    #[error("a fault of the server")]
    #[serde(rename = "broken")]
    Internal,
}

impl From<InvalidInput> for ServiceError {
    fn from(input: InvalidInput) -> Self {
        Self::Invalid(input)
    }
}

impl From<TextError> for ServiceError {
    fn from(error: TextError) -> Self {
        Self::Invalid(error.into())
    }
}

impl From<HeldWordsError> for ServiceError {
    fn from(error: HeldWordsError) -> Self {
        Self::Invalid(error.into())
    }
}

impl From<LeadError> for ServiceError {
    fn from(error: LeadError) -> Self {
        Self::Invalid(error.into())
    }
}

impl From<FilterError> for ServiceError {
    fn from(error: FilterError) -> Self {
        Self::Invalid(error.into())
    }
}

impl From<RangeRule> for ServiceError {
    fn from(rule: RangeRule) -> Self {
        Self::Invalid(rule.into())
    }
}

impl ServiceError {
    /// Whether the same request can succeed later without anybody changing it: a press is then kept and sent again.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unavailable { .. }
            | Self::RateLimited { .. }
            | Self::Unreachable
            | Self::RefusedOnTheWay
            | Self::Internal => true,
            Self::NotFound
            | Self::Forbidden(_)
            | Self::InvalidLink
            | Self::TooManyLinks
            | Self::Press(_)
            | Self::Act(_)
            | Self::SessionActive
            | Self::Conflict
            | Self::ModerationConflict
            | Self::NoTimestamp
            | Self::NoMoment
            | Self::NoModeration
            | Self::Edited { .. }
            | Self::TitleEdited { .. }
            | Self::ClipEdited { .. }
            | Self::StateEdited(_)
            | Self::RangeEdited { .. }
            | Self::EditedSince
            | Self::TargetIsStaff
            | Self::OtherSite
            | Self::Invalid(_) => false,
        }
    }

    /// How many seconds to wait before the next attempt, where the server says so.
    pub fn wait_seconds(&self) -> Option<u16> {
        match *self {
            Self::Unavailable { seconds } | Self::RateLimited { seconds, .. } => Some(seconds),
            _ => None,
        }
    }
}

impl FromServerFnError for ServiceError {
    type Encoder = JsonEncoding;

    /// Errors around a server function: arguments that don't parse are the caller's fault, everything else is the
    /// connection's.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::Invalid(InvalidInput::Unspecified)
            }
            // The server reads arguments there, and the browser answers. What people type is parsed later, by the server
            // functions: what can't be read here is none of a page of ours.
            ServerFnErrorErr::Deserialization(_) if IS_SERVER => {
                Self::Invalid(InvalidInput::Unspecified)
            }
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::Response(_) => Self::Internal,
            ServerFnErrorErr::UnsupportedRequestMethod(_)
            | ServerFnErrorErr::Request(_)
            | ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::Serialization(_) => Self::Unreachable,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::{invalid_input, session::Status, stream_command::Button};

    /// Each error once. A new one fails to compile in the match below: add it there, and a line above.
    pub(crate) fn all() -> Vec<ServiceError> {
        let mut all = vec![
            ServiceError::NotFound,
            ServiceError::Forbidden(Right::Control),
            ServiceError::InvalidLink,
            ServiceError::TooManyLinks,
            ServiceError::Press(PressRefused::NotStarted),
            ServiceError::Press(PressRefused::Paused),
            ServiceError::Press(PressRefused::Ended),
            ServiceError::Press(PressRefused::MomentInPause),
            ServiceError::Press(PressRefused::NameMissing),
            ServiceError::Press(PressRefused::WaitedTooLong),
            ServiceError::Press(PressRefused::TooLateToChange),
            ServiceError::Act(ActRefused::NotNow {
                button: Button::Pause,
                status: Status::Paused { last: None },
            }),
            ServiceError::Act(ActRefused::Stale {
                shown: 1,
                latest: 3,
            }),
            ServiceError::Act(ActRefused::BeganTooEarly { at_most: 7 }),
            ServiceError::Act(ActRefused::BeganTooLongAgo),
            ServiceError::Act(ActRefused::TooManySegments),
            ServiceError::SessionActive,
            ServiceError::Conflict,
            ServiceError::ModerationConflict,
            ServiceError::NoTimestamp,
            ServiceError::NoMoment,
            ServiceError::NoModeration,
            ServiceError::Edited {
                note: Note::parse("mine").ok(),
            },
            ServiceError::Edited { note: None },
            ServiceError::TitleEdited {
                title: Title::parse("theirs").ok(),
            },
            ServiceError::TitleEdited { title: None },
            ServiceError::ClipEdited {
                clip: ClipUrl::parse_optional("https://clips.example/1").unwrap(),
            },
            ServiceError::ClipEdited { clip: None },
            ServiceError::StateEdited(EditingState::Rejected),
            ServiceError::RangeEdited {
                start: Offset(80),
                end: Offset(95),
            },
            ServiceError::EditedSince,
            ServiceError::TargetIsStaff,
            ServiceError::OtherSite,
            ServiceError::RateLimited {
                seconds: 3,
                action: None,
            },
            ServiceError::Unavailable { seconds: 5 },
            ServiceError::Unreachable,
            ServiceError::RefusedOnTheWay,
            ServiceError::Internal,
        ];
        all.extend(Action::ALL.map(|action| ServiceError::RateLimited {
            seconds: 3,
            action: Some(action),
        }));
        all.extend(
            invalid_input::tests::all()
                .into_iter()
                .map(ServiceError::Invalid),
        );
        for error in &all {
            match error {
                ServiceError::NotFound
                | ServiceError::Forbidden(_)
                | ServiceError::InvalidLink
                | ServiceError::TooManyLinks
                | ServiceError::Press(_)
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
                | ServiceError::Invalid(_)
                | ServiceError::RateLimited { .. }
                | ServiceError::Unavailable { .. }
                | ServiceError::Unreachable
                | ServiceError::RefusedOnTheWay
                | ServiceError::Internal => {}
            }
        }
        all
    }
}
