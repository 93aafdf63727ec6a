//! The port: what the pages and the server functions ask of the server.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::domain::{
    access::{AccessKey, CreatedSession, Link, LinkId, NewLink, Redemption},
    change::Tick,
    code::Code,
    filter::Filter,
    idempotency::IdempotencyKey,
    moderation::{Moderation, ModerationId, Swept, Undoing},
    press::Press,
    role::{Audience, Role},
    rules::Settings,
    session::Session,
    snapshot::{Desk, Page, Snapshot},
    stream_command::StreamCommand,
    text::{Game, Label, Note, Title},
    timestamp::{BeganAt, Place, Timestamp, TimestampId},
};
pub use crate::error::ServiceError;

/// All that can be asked, already bound to the caller of this request: whoever holds one can't ask as somebody else.
///
/// Every method returns `ServiceError::NotFound` for an unknown code, `ServiceError::Forbidden` where the caller's role lacks
/// the right, and `ServiceError::Unavailable` while the database can't be reached.
#[async_trait]
pub trait SessionService: Send + Sync {
    /// Opens a session; the caller becomes its streamer. Anyone may. A retry with the same key, title and game gets the first
    /// answer.
    async fn open_session(
        &self,
        title: Title,
        game: Game,
        key: Option<IdempotencyKey>,
    ) -> Result<CreatedSession, ServiceError>;

    /// The sessions that the caller's browser controls or moderates, newest first.
    async fn own_sessions(&self) -> Result<Vec<OwnSession>, ServiceError>;

    /// Who the caller is in a session.
    async fn role(&self, code: &Code) -> Result<Role, ServiceError>;

    /// The session as it stands, with the newest page of its list. A public one is the same for every caller.
    async fn snapshot(&self, code: &Code, audience: Audience) -> Result<Snapshot, ServiceError>;

    /// What a page of the staff starts from.
    async fn desk(&self, code: &Code) -> Result<Desk, ServiceError>;

    /// The page of the list that ends before `before`.
    async fn page(
        &self,
        code: &Code,
        audience: Audience,
        before: Place,
    ) -> Result<Page, ServiceError>;

    /// Makes a timestamp. A retry with the same id, note and name gets the first answer.
    ///
    /// # Errors
    /// `ServiceError::Press` where the rules refuse it, `ServiceError::Conflict` where the id names another press.
    async fn submit(&self, code: &Code, press: Press) -> Result<Timestamp, ServiceError>;

    /// The caller's own timestamps in this session as they see them, in the order of the list: the newest 500. For a
    /// browser that pressed and lost what it kept of that, and for a page that is rendered for one visitor alone.
    async fn mine(&self, code: &Code) -> Result<Vec<Timestamp>, ServiceError>;

    /// What the server's clock shows. Anyone may ask, and names no session.
    async fn now(&self) -> Result<Tick, ServiceError>;

    /// Presses one of the streamer's buttons.
    ///
    /// # Errors
    /// `ServiceError::Act` where the status doesn't allow it.
    async fn act(&self, code: &Code, act: StreamCommand) -> Result<Session, ServiceError>;

    /// Gives the session another title and game.
    async fn edit_session(
        &self,
        code: &Code,
        title: Title,
        game: Game,
    ) -> Result<Session, ServiceError>;

    /// How the session is set.
    async fn settings(&self, code: &Code) -> Result<Settings, ServiceError>;

    /// Sets the session.
    async fn set_settings(&self, code: &Code, settings: Settings) -> Result<(), ServiceError>;

    /// Hides timestamps from viewers. Those that are hidden already stay so. Several calls with the same `act` are one
    /// act; without one it is an act of its own.
    ///
    /// # Errors
    /// `ServiceError::ModerationConflict` where `act` names what somebody else did, something else, or what was undone.
    async fn hide(
        &self,
        code: &Code,
        ids: Vec<TimestampId>,
        act: Option<ModerationId>,
    ) -> Result<(), ServiceError>;

    /// Shows hidden timestamps again, whatever hid them.
    ///
    /// # Errors
    /// As `hide`.
    async fn restore(
        &self,
        code: &Code,
        ids: Vec<TimestampId>,
        act: Option<ModerationId>,
    ) -> Result<(), ServiceError>;

    /// Hides the timestamps that pass a filter, the last ones of the list first: of those before `before`, where that is
    /// given, `Moderation::MOST_A_CALL` are looked at. Call it with what it answers until there are no others.
    ///
    /// # Errors
    /// As `hide`, and `ServiceError::Invalid` where rows can't be hidden by the filter.
    async fn hide_filtered(
        &self,
        code: &Code,
        filter: Filter,
        before: Option<Place>,
        act: ModerationId,
    ) -> Result<Swept, ServiceError>;

    /// Hides all timestamps of the visitor who made this one.
    async fn hide_visitor(
        &self,
        code: &Code,
        id: TimestampId,
        act: ModerationId,
    ) -> Result<(), ServiceError>;

    /// Blocks the visitor who made this timestamp: what they press from now on is hidden from others, and they don't see
    /// that.
    ///
    /// # Errors
    /// `ServiceError::TargetIsStaff` where that is a moderator or the streamer.
    async fn block(
        &self,
        code: &Code,
        id: TimestampId,
        act: ModerationId,
    ) -> Result<(), ServiceError>;

    /// Undoes an act of moderation: shows what that act hid and nothing else, and lifts its block; or gives back the note
    /// from before an edit. One call shows `Moderation::MOST_A_CALL` at most: call it until it is done. Undoing it again is
    /// no error.
    ///
    /// # Errors
    /// `ServiceError::NoModeration` where the session has no such act, or one that can't be undone; `ServiceError::EditedSince`
    /// where the note was changed again after the edit; `ServiceError::NoTimestamp` where the timestamp was forgotten.
    async fn undo(&self, code: &Code, act: ModerationId) -> Result<Undoing, ServiceError>;

    /// What moderators did, the newest first, at most `Moderation::MOST`: of all, or of what was done before this act.
    async fn moderations(
        &self,
        code: &Code,
        before: Option<ModerationId>,
    ) -> Result<Vec<Moderation>, ServiceError>;

    /// Gives a timestamp another note, or none.
    ///
    /// # Errors
    /// `ServiceError::Edited` where the editing began at another note than is there now.
    async fn edit_note(
        &self,
        code: &Code,
        id: TimestampId,
        note: Option<Note>,
        began_at: Option<BeganAt>,
    ) -> Result<(), ServiceError>;

    /// Records the grant of a control or moderator link for the caller's browser.
    ///
    /// # Errors
    /// `ServiceError::InvalidLink`, the same for a wrong, a foreign and a revoked one.
    async fn redeem(&self, code: &Code, key: AccessKey) -> Result<Redemption, ServiceError>;

    /// The session's links, the oldest first.
    async fn links(&self, code: &Code) -> Result<Vec<Link>, ServiceError>;

    /// Makes a moderator link. A retry with the same key and label gets the first answer.
    ///
    /// # Errors
    /// `ServiceError::TooManyLinks`.
    async fn mint_link(
        &self,
        code: &Code,
        label: Label,
        key: Option<IdempotencyKey>,
    ) -> Result<NewLink, ServiceError>;

    /// Revokes a moderator link, and with it the grants of those who redeemed it.
    async fn revoke_link(&self, code: &Code, id: LinkId) -> Result<(), ServiceError>;

    /// Revokes the control link and makes another one; only the caller's browser stays the streamer's. A retry with the same
    /// key gets the first answer, and revokes nothing.
    async fn replace_control_link(
        &self,
        code: &Code,
        key: Option<IdempotencyKey>,
    ) -> Result<NewLink, ServiceError>;

    /// Opens a throw-away session to rehearse this one in; an older rehearsal of it is deleted.
    async fn open_rehearsal(&self, code: &Code) -> Result<CreatedSession, ServiceError>;

    /// Deletes a rehearsal, named by its own code. A real session is never deleted this way.
    async fn end_rehearsal(&self, code: &Code) -> Result<(), ServiceError>;
}

/// A session in the list of those that a browser controls or moderates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSession {
    /// The session.
    pub session: Session,
    /// Who this browser is in it.
    pub role: Role,
}
