//! The port: what the pages and the server functions ask of the server, and the errors they get.

use std::fmt;

use async_trait::async_trait;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, IgnoredAny, MapAccess, Visitor},
};
use server_fn::error::{FromServerFnError, ServerFnErrorErr};
use thiserror::Error;

use crate::{
    IS_SERVER,
    domain::{
        access::{AccessKey, Link, LinkId, MintedLink, Opened, Redeemed},
        act::{Act, ActRefused},
        change::Tick,
        code::Code,
        filter::Filter,
        idempotency::IdempotencyKey,
        moderation::{Moderation, ModerationId, Swept, Undoing},
        press::{Press, PressRefused},
        role::{Audience, Right, Role},
        rules::Settings,
        session::Session,
        snapshot::{Desk, Page, Snapshot},
        text::{Game, Label, Note, Title},
        timestamp::{BeganAt, Place, Timestamp, TimestampId},
    },
    json::JsonEncoding,
};

/// All that can be asked, already bound to the caller of this request: whoever holds one can't ask as somebody else.
///
/// Every method returns `ClipsError::NotFound` for an unknown code, `ClipsError::Forbidden` where the caller's role lacks
/// the right, and `ClipsError::Busy` while the database can't be reached.
#[async_trait]
pub trait Clips: Send + Sync {
    /// Opens a session; the caller becomes its streamer. Anyone may. A retry with the same key, title and game gets the first
    /// answer.
    async fn open_session(
        &self,
        title: Title,
        game: Game,
        key: Option<IdempotencyKey>,
    ) -> Result<Opened, ClipsError>;

    /// The sessions that the caller's browser controls or moderates, newest first.
    async fn own_sessions(&self) -> Result<Vec<OwnSession>, ClipsError>;

    /// Who the caller is in a session.
    async fn role(&self, code: &Code) -> Result<Role, ClipsError>;

    /// The session as it stands, with the newest page of its list. A public one is the same for every caller.
    async fn snapshot(&self, code: &Code, audience: Audience) -> Result<Snapshot, ClipsError>;

    /// What a page of the staff starts from.
    async fn desk(&self, code: &Code) -> Result<Desk, ClipsError>;

    /// The page of the list that ends before `before`.
    async fn page(
        &self,
        code: &Code,
        audience: Audience,
        before: Place,
    ) -> Result<Page, ClipsError>;

    /// Makes a timestamp. A retry with the same id, note and name gets the first answer.
    ///
    /// # Errors
    /// `ClipsError::Press` where the rules refuse it, `ClipsError::Conflict` where the id names another press.
    async fn submit(&self, code: &Code, press: Press) -> Result<Timestamp, ClipsError>;

    /// The caller's own timestamps in this session as they see them, in the order of the list: the newest 500. For a
    /// browser that pressed and lost what it kept of that, and for a page that is rendered for one visitor alone.
    async fn mine(&self, code: &Code) -> Result<Vec<Timestamp>, ClipsError>;

    /// What the server's clock shows. Anyone may ask, and names no session.
    async fn now(&self) -> Result<Tick, ClipsError>;

    /// Presses one of the streamer's buttons.
    ///
    /// # Errors
    /// `ClipsError::Act` where the status doesn't allow it.
    async fn act(&self, code: &Code, act: Act) -> Result<Session, ClipsError>;

    /// Gives the session another title and game.
    async fn edit_session(
        &self,
        code: &Code,
        title: Title,
        game: Game,
    ) -> Result<Session, ClipsError>;

    /// How the session is set.
    async fn settings(&self, code: &Code) -> Result<Settings, ClipsError>;

    /// Sets the session.
    async fn set_settings(&self, code: &Code, settings: Settings) -> Result<(), ClipsError>;

    /// Hides timestamps from viewers. Those that are hidden already stay so. Several calls with the same `act` are one
    /// act; without one it is an act of its own.
    ///
    /// # Errors
    /// `ClipsError::OtherAct` where `act` names what somebody else did, something else, or what was undone.
    async fn hide(
        &self,
        code: &Code,
        ids: Vec<TimestampId>,
        act: Option<ModerationId>,
    ) -> Result<(), ClipsError>;

    /// Shows hidden timestamps again, whatever hid them.
    ///
    /// # Errors
    /// As `hide`.
    async fn restore(
        &self,
        code: &Code,
        ids: Vec<TimestampId>,
        act: Option<ModerationId>,
    ) -> Result<(), ClipsError>;

    /// Hides the timestamps that pass a filter, the last ones of the list first: of those before `before`, where that is
    /// given, `Moderation::MOST_A_CALL` are looked at. Call it with what it answers until there are no others.
    ///
    /// # Errors
    /// As `hide`, and `ClipsError::Invalid` where the filter picks nothing or is too long.
    async fn hide_filtered(
        &self,
        code: &Code,
        filter: Filter,
        before: Option<Place>,
        act: ModerationId,
    ) -> Result<Swept, ClipsError>;

    /// Hides all timestamps of the visitor who made this one.
    async fn hide_visitor(
        &self,
        code: &Code,
        id: TimestampId,
        act: ModerationId,
    ) -> Result<(), ClipsError>;

    /// Blocks the visitor who made this timestamp: what they press from now on is hidden from others, and they don't see
    /// that.
    ///
    /// # Errors
    /// `ClipsError::Staff` where that is a moderator or the streamer.
    async fn block(
        &self,
        code: &Code,
        id: TimestampId,
        act: ModerationId,
    ) -> Result<(), ClipsError>;

    /// Undoes an act of moderation: shows what that act hid and nothing else, and lifts its block; or gives back the note
    /// from before an edit. One call shows `Moderation::MOST_A_CALL` at most: call it until it is done. Undoing it again is
    /// no error.
    ///
    /// # Errors
    /// `ClipsError::NoModeration` where the session has no such act, or one that can't be undone; `ClipsError::EditedSince`
    /// where the note was changed again after the edit; `ClipsError::NoTimestamp` where the timestamp was forgotten.
    async fn undo(&self, code: &Code, act: ModerationId) -> Result<Undoing, ClipsError>;

    /// What moderators did, the newest first, at most `Moderation::MOST`: of all, or of what was done before this act.
    async fn moderations(
        &self,
        code: &Code,
        before: Option<ModerationId>,
    ) -> Result<Vec<Moderation>, ClipsError>;

    /// Gives a timestamp another note, or none.
    ///
    /// # Errors
    /// `ClipsError::Edited` where the editing began at another note than is there now.
    async fn edit_note(
        &self,
        code: &Code,
        id: TimestampId,
        note: Option<Note>,
        began_at: Option<BeganAt>,
    ) -> Result<(), ClipsError>;

    /// Records the grant of a control or moderator link for the caller's browser.
    ///
    /// # Errors
    /// `ClipsError::DeadLink`, the same for a wrong, a foreign and a revoked one.
    async fn redeem(&self, code: &Code, key: AccessKey) -> Result<Redeemed, ClipsError>;

    /// The session's links, the oldest first.
    async fn links(&self, code: &Code) -> Result<Vec<Link>, ClipsError>;

    /// Makes a moderator link. A retry with the same key and label gets the first answer.
    ///
    /// # Errors
    /// `ClipsError::TooManyLinks`.
    async fn mint_link(
        &self,
        code: &Code,
        label: Label,
        key: Option<IdempotencyKey>,
    ) -> Result<MintedLink, ClipsError>;

    /// Revokes a moderator link, and with it the grants of those who redeemed it.
    async fn revoke_link(&self, code: &Code, id: LinkId) -> Result<(), ClipsError>;

    /// Revokes the control link and makes another one; only the caller's browser stays the streamer's. A retry with the same
    /// key gets the first answer, and revokes nothing.
    async fn replace_control_link(
        &self,
        code: &Code,
        key: Option<IdempotencyKey>,
    ) -> Result<MintedLink, ClipsError>;

    /// Opens a throw-away session to rehearse this one in; an older rehearsal of it is deleted.
    async fn open_rehearsal(&self, code: &Code) -> Result<Opened, ClipsError>;

    /// Deletes a rehearsal, named by its own code. A real session is never deleted this way.
    async fn end_rehearsal(&self, code: &Code) -> Result<(), ClipsError>;
}

/// A session in the list of those that a browser controls or moderates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSession {
    /// The session.
    pub session: Session,
    /// Who this browser is in it.
    pub role: Role,
}

/// Why something was not done, in words that a person can act on.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize)]
#[serde(tag = "error", content = "detail", rename_all = "snake_case")]
pub enum ClipsError {
    /// No session has this code.
    #[error("No session has this code. Please check it, or ask the streamer for the link.")]
    NotFound,
    /// The caller's role lacks the right.
    #[error("{}", forbidden(*.0))]
    Forbidden(Right),
    /// A link that gives nothing: wrong, foreign or revoked, which is not told.
    #[error(
        "This link does not work (any more). Open the newest link that you saved, or ask the streamer for a new one."
    )]
    DeadLink,
    /// The session has as many links as one may have.
    #[error(
        "A session has at most {} links, revoked ones too. Share one that works with several moderators.",
        Link::MOST
    )]
    TooManyLinks,
    /// A press that the rules refuse.
    #[error(transparent)]
    Press(PressRefused),
    /// An act that the status doesn't allow.
    #[error(transparent)]
    Act(ActRefused),
    /// The id of this press names another one.
    #[error("Another press has this id already. Please press again.")]
    Conflict,
    /// What was to be gone on with is somebody else's act, another one, or was undone.
    #[error("That was undone meanwhile, or is what somebody else did. Please try again.")]
    OtherAct,
    /// No timestamp of this session, or of this caller, has that id.
    #[error("This timestamp is not there (any more).")]
    NoTimestamp,
    /// No act of moderation that could be undone has that id.
    #[error("There is nothing (any more) that could be undone here. Look into the moderation log.")]
    NoModeration,
    /// Somebody else changed the note while it was edited.
    #[error("{}", edited(.note.as_ref()))]
    Edited {
        /// The note as it stands now.
        note: Option<Note>,
    },
    /// The note of an edit that was to be undone was changed again after it.
    #[error(
        "This note was changed again after that. Undo the later change first, or edit the note in the list."
    )]
    EditedSince,
    /// Who is to be blocked belongs to the staff.
    #[error(
        "That was pressed by a moderator or the streamer. Hide the timestamp instead; a moderator’s link can be revoked."
    )]
    Staff,
    /// The server took the request for one that another site's page made.
    #[error(
        "The server took this for a request of another site, and refused it. Open this page at the server’s public address. If that is where you are, tell whoever runs it: the proxy must pass on Host with its port, and PUBLIC_URL must be the address that browsers show."
    )]
    OtherSite,
    /// What was sent can't be read; the words tell what is wrong with it.
    #[error("{0}")]
    Invalid(String),
    /// More than one visitor, one network or one session may. Nothing was stored.
    #[error("That was too often. Try again in {seconds} s.")]
    TooMany {
        /// How many seconds to wait.
        seconds: u16,
    },
    /// The server can't take it now. Nothing was stored.
    #[error("The server is busy. Try again in {seconds} s.")]
    Busy {
        /// How many seconds to wait.
        seconds: u16,
    },
    /// The server could not be reached, or answered what this page can't read.
    #[error("The server can’t be reached right now.")]
    Away,
    /// A fault of the server; its log has the cause.
    #[error("Something went wrong on the server. Please try again.")]
    Broken,
}

/// Reads an error: its name, which comes first, and then what it is about. Serde's own code for this would outweigh the rest.
struct ErrorVisitor;

impl<'de> Visitor<'de> for ErrorVisitor {
    type Value = ClipsError;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an error of this program")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ClipsError, A::Error> {
        let name = match map.next_entry::<String, String>()? {
            Some((key, name)) if key == "error" => name,
            _ => return Err(A::Error::missing_field("error")),
        };
        let error = match name.as_str() {
            "not_found" => ClipsError::NotFound,
            "forbidden" => ClipsError::Forbidden(detail(&mut map)?),
            "dead_link" => ClipsError::DeadLink,
            "too_many_links" => ClipsError::TooManyLinks,
            "press" => ClipsError::Press(detail(&mut map)?),
            "act" => ClipsError::Act(detail(&mut map)?),
            "conflict" => ClipsError::Conflict,
            "other_act" => ClipsError::OtherAct,
            "no_timestamp" => ClipsError::NoTimestamp,
            "no_moderation" => ClipsError::NoModeration,
            "edited" => {
                let EditedDetail { note } = detail(&mut map)?;
                ClipsError::Edited { note }
            }
            "edited_since" => ClipsError::EditedSince,
            "staff" => ClipsError::Staff,
            "other_site" => ClipsError::OtherSite,
            "invalid" => ClipsError::Invalid(detail(&mut map)?),
            "too_many" => {
                let WaitDetail { seconds } = detail(&mut map)?;
                ClipsError::TooMany { seconds }
            }
            "busy" => {
                let WaitDetail { seconds } = detail(&mut map)?;
                ClipsError::Busy { seconds }
            }
            "away" => ClipsError::Away,
            "broken" => ClipsError::Broken,
            _ => return Err(A::Error::custom("no error of this program")),
        };
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(error)
    }
}

/// The detail of `ClipsError::Edited`.
#[derive(Deserialize)]
struct EditedDetail {
    note: Option<Note>,
}

/// The detail of the errors that pass by themselves.
#[derive(Deserialize)]
struct WaitDetail {
    seconds: u16,
}

/// What an error is about. Fields of a later build may stand before it.
fn detail<'de, A: MapAccess<'de>, T: Deserialize<'de>>(map: &mut A) -> Result<T, A::Error> {
    while let Some(key) = map.next_key::<String>()? {
        if key == "detail" {
            return map.next_value();
        }
        map.next_value::<IgnoredAny>()?;
    }
    Err(A::Error::missing_field("detail"))
}

impl<'de> Deserialize<'de> for ClipsError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ErrorVisitor)
    }
}

fn edited(note: Option<&Note>) -> String {
    match note {
        Some(note) => format!(
            "Somebody else changed this note meanwhile. It is “{note}” now. Save once more to replace it with yours."
        ),
        None => {
            "Somebody else took this note away meanwhile. Save once more to put yours there.".into()
        }
    }
}

fn forbidden(right: Right) -> &'static str {
    match right.least_role() {
        Role::Viewer => "Only viewers of this session may do that.",
        Role::Moderator => {
            "Only moderators may do that. Open the moderator link that the streamer gave you."
        }
        Role::Streamer if right == Right::Pause => {
            "Only the streamer may do that, and moderators whom the streamer lets."
        }
        Role::Streamer => "Only the streamer may do that. Open the control link that you saved.",
    }
}

impl ClipsError {
    /// Whether the same request can succeed later without anybody changing it: a press is then kept and sent again.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Busy { .. } | Self::TooMany { .. } | Self::Away | Self::Broken => true,
            Self::NotFound
            | Self::Forbidden(_)
            | Self::DeadLink
            | Self::TooManyLinks
            | Self::Press(_)
            | Self::Act(_)
            | Self::Conflict
            | Self::OtherAct
            | Self::NoTimestamp
            | Self::NoModeration
            | Self::Edited { .. }
            | Self::EditedSince
            | Self::Staff
            | Self::OtherSite
            | Self::Invalid(_) => false,
        }
    }

    /// How many seconds to wait before the next attempt, where the server says so.
    pub fn wait_seconds(&self) -> Option<u16> {
        match *self {
            Self::Busy { seconds } | Self::TooMany { seconds } => Some(seconds),
            _ => None,
        }
    }
}

impl FromServerFnError for ClipsError {
    type Encoder = JsonEncoding;

    /// What goes wrong around a server function: arguments that don't parse are the caller's, the rest is the way's.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(words) | ServerFnErrorErr::MissingArg(words) => {
                Self::Invalid(words)
            }
            // The server reads arguments there, and the browser answers. The rule's own words: where in the JSON it stood
            // helps nobody.
            ServerFnErrorErr::Deserialization(words) if IS_SERVER => {
                let rule = words.split(" at line ").next();
                Self::Invalid(rule.unwrap_or_default().to_owned())
            }
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::Response(_) => Self::Broken,
            ServerFnErrorErr::UnsupportedRequestMethod(_)
            | ServerFnErrorErr::Request(_)
            | ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::Serialization(_) => Self::Away,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{act::Button, session::Status};

    /// Each error once. A new one has no place in the match: give it one, and a line above.
    fn all() -> Vec<ClipsError> {
        let all = vec![
            ClipsError::NotFound,
            ClipsError::Forbidden(Right::Control),
            ClipsError::DeadLink,
            ClipsError::TooManyLinks,
            ClipsError::Press(PressRefused::MomentInPause),
            ClipsError::Act(ActRefused::NotNow {
                button: Button::Pause,
                status: Status::Paused { last: None },
            }),
            ClipsError::Act(ActRefused::Stale {
                shown: 1,
                latest: 3,
            }),
            ClipsError::Act(ActRefused::BeganTooEarly { at_most: 7 }),
            ClipsError::Act(ActRefused::BeganTooLongAgo),
            ClipsError::Act(ActRefused::TooManySegments),
            ClipsError::Conflict,
            ClipsError::OtherAct,
            ClipsError::NoTimestamp,
            ClipsError::NoModeration,
            ClipsError::Edited {
                note: Note::parse("mine").ok(),
            },
            ClipsError::Edited { note: None },
            ClipsError::EditedSince,
            ClipsError::Staff,
            ClipsError::OtherSite,
            ClipsError::Invalid("Say more.".to_owned()),
            ClipsError::TooMany { seconds: 3 },
            ClipsError::Busy { seconds: 5 },
            ClipsError::Away,
            ClipsError::Broken,
        ];
        for error in &all {
            match error {
                ClipsError::NotFound
                | ClipsError::Forbidden(_)
                | ClipsError::DeadLink
                | ClipsError::TooManyLinks
                | ClipsError::Press(_)
                | ClipsError::Act(_)
                | ClipsError::Conflict
                | ClipsError::OtherAct
                | ClipsError::NoTimestamp
                | ClipsError::NoModeration
                | ClipsError::Edited { .. }
                | ClipsError::EditedSince
                | ClipsError::Staff
                | ClipsError::OtherSite
                | ClipsError::Invalid(_)
                | ClipsError::TooMany { .. }
                | ClipsError::Busy { .. }
                | ClipsError::Away
                | ClipsError::Broken => {}
            }
        }
        all
    }

    #[test]
    fn every_error_is_read_as_it_was_told() {
        for error in all() {
            let json = serde_json::to_string(&error).unwrap();
            assert_eq!(serde_json::from_str::<ClipsError>(&json).unwrap(), error);
        }
    }

    #[test]
    fn fields_of_a_later_build_are_passed_over_in_an_error() {
        for (json, error) in [
            (r#"{"error":"staff","since":1}"#, ClipsError::Staff),
            (
                r#"{"error":"busy","since":{"a":1},"detail":{"seconds":3},"more":[]}"#,
                ClipsError::Busy { seconds: 3 },
            ),
        ] {
            assert_eq!(serde_json::from_str::<ClipsError>(json).unwrap(), error);
        }
    }

    #[test]
    fn an_error_that_lacks_its_detail_or_is_of_another_program_is_none() {
        for json in [
            r#"{"error":"busy"}"#,
            r#"{"error":"busy","detail":{}}"#,
            r#"{"error":"press","detail":"other"}"#,
            r#"{"error":"act","detail":{"why":"stale","shown":1}}"#,
            r#"{"error":"invalid","detail":null}"#,
            r#"{"error":"invalid","other":"words"}"#,
            r#"{"error":"new_in_the_next_build"}"#,
            r#"{"detail":"busy"}"#,
            "7",
        ] {
            assert!(serde_json::from_str::<ClipsError>(json).is_err(), "{json}");
        }
    }
}
