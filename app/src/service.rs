//! The port: what the pages and the server functions ask of the server.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::{
    access::{AccessKey, CreatedSession, Link, LinkId, NewLink, Redemption},
    change::Tick,
    code::Code,
    filter::Filter,
    idempotency::IdempotencyKey,
    labels::LabelEdit,
    lead::Timing,
    lead_measure::Measured,
    moderation::{ModerationAction, ModerationId, Swept, Undoing},
    moments::{
        join::Join,
        moment::MomentId,
        moment_edit::{MomentBeganAt, MomentEdit},
    },
    offset::Offset,
    presence::{Announced, Announcement},
    press::Press,
    role::{Audience, Role},
    rules::Settings,
    session::{Session, SessionDetails},
    snapshot::{Desk, Page, Snapshot},
    stream_command::StreamCommand,
    text::{Game, Label, Note, Title},
    timestamp::{BeganAt, Place, Timestamp, TimestampId},
    utc,
};
pub use crate::error::ServiceError;

/// Everything that can be asked, already bound to the caller of this request: its holder can't act as anybody else.
///
/// Every method returns `ServiceError::NotFound` for an unknown code, `ServiceError::Forbidden` if the caller's role lacks
/// the right, and `ServiceError::Unavailable` while the database can't be reached.
#[async_trait]
pub trait SessionService: Send + Sync {
    /// Opens a session; the caller becomes its streamer. Everybody may. A retry with the same key, title, game and `like` gets
    /// the first answer. With `like`, it takes over the settings of that session, which must be the caller's own.
    async fn open_session(
        &self,
        title: Title,
        game: Game,
        like: Option<Code>,
        key: Option<IdempotencyKey>,
    ) -> Result<CreatedSession, ServiceError>;

    /// The sessions that the caller's browser controls or moderates, newest first, and those that it can restore.
    async fn own_sessions(&self) -> Result<Vec<OwnSession>, ServiceError>;

    /// The caller's role in a session.
    async fn role(&self, code: &Code) -> Result<Role, ServiceError>;

    /// The current session, with the newest page of its list. A public one is the same for every caller.
    async fn snapshot(&self, code: &Code, audience: Audience) -> Result<Snapshot, ServiceError>;

    /// What a staff page starts from.
    async fn desk(&self, code: &Code) -> Result<Desk, ServiceError>;

    /// The page of the list that ends before `before`.
    async fn page(
        &self,
        code: &Code,
        audience: Audience,
        before: Place,
    ) -> Result<Page, ServiceError>;

    /// Creates a timestamp. A retry with the same id, note, name and label gets the first answer. A label that the
    /// session doesn't offer is left out.
    ///
    /// # Errors
    /// `ServiceError::Press` if a rule refuses it, `ServiceError::Conflict` if the id names another press.
    async fn submit(&self, code: &Code, press: Press) -> Result<Timestamp, ServiceError>;

    /// Replaces note, name and label of the caller's own timestamp, for two minutes after it was created, and returns it as
    /// its author sees it. A label that is no longer offered can stay, but not be given. Counts as a press, and the rules and held words apply as to one. Saving the same again is no error.
    ///
    /// # Errors
    /// `ServiceError::NoTimestamp` if there is no such timestamp; `ServiceError::Forbidden` if it is not the caller's, or was made
    /// with a cookie that is gone; `ServiceError::Press` if a rule refuses it, it is too
    /// late, or the session has ended; `ServiceError::Edited` if a moderator has changed the note.
    async fn edit_own(&self, code: &Code, press: Press) -> Result<Timestamp, ServiceError>;

    /// Removes the caller's own timestamp from every list, for two minutes after it was created. Counts as a press.
    ///
    /// # Errors
    /// `ServiceError::NoTimestamp` if there is no such timestamp (any more), `ServiceError::Forbidden` as for `edit_own`,
    /// `ServiceError::Press` if it is too late.
    async fn take_back(&self, code: &Code, id: TimestampId) -> Result<(), ServiceError>;

    /// Joins a moment, or the one that it became part of: it counts the caller as one visitor more, once, unless they pressed
    /// there. Everybody may, while the session is active. Joining it again is no error.
    ///
    /// # Errors
    /// `ServiceError::NoMoment` if viewers see no such moment, `ServiceError::Press` if the session is not active, and
    /// `ServiceError::Invalid` if the caller has joined as many as they may.
    async fn join_moment(&self, code: &Code, id: MomentId) -> Result<Join, ServiceError>;

    /// The caller's own timestamps in this session as they see them, in list order: the newest 500. For a browser that has
    /// pressed and lost its record of that, and for a page that is rendered for one visitor only.
    async fn mine(&self, code: &Code) -> Result<Vec<Timestamp>, ServiceError>;

    /// The time of the server's clock. Everybody may ask, and no session is involved.
    async fn now(&self) -> Result<Tick, ServiceError>;

    /// Executes a stream command.
    ///
    /// # Errors
    /// `ServiceError::Act` if the status doesn't allow it.
    async fn act(&self, code: &Code, act: StreamCommand) -> Result<Session, ServiceError>;

    /// Changes the session's title and game, and its timing if there is one. What is still as it was when the editing began
    /// stays as others have made it meanwhile.
    async fn edit_session(
        &self,
        code: &Code,
        title: Title,
        game: Game,
        timing: Option<Timing>,
        began: Option<SessionDetails>,
    ) -> Result<Session, ServiceError>;

    /// Deletes the session: nobody can find it any more. Until `RESTORABLE_FOR` has passed, its streamer can restore it.
    /// Deleting it again is no error.
    ///
    /// # Errors
    /// `ServiceError::SessionActive` if it is active.
    async fn trash_session(&self, code: &Code) -> Result<(), ServiceError>;

    /// Restores a session that was deleted by its streamer. Restoring it again is no error.
    async fn restore_session(&self, code: &Code) -> Result<(), ServiceError>;

    /// The session's settings.
    async fn settings(&self, code: &Code) -> Result<Settings, ServiceError>;

    /// Changes the session's settings, but for what is still as it was when the editing began.
    ///
    /// # Errors
    /// `ServiceError::Invalid` if too many filtered words come together with those of others.
    async fn set_settings(
        &self,
        code: &Code,
        settings: Settings,
        began: Option<Settings>,
    ) -> Result<(), ServiceError>;

    /// Changes the labels that viewers are offered: exactly these, in this order. One without a number is the one that says
    /// the same, if the session has had such a label. The others are removed, and stay on the timestamps that carry them.
    /// What is still as it was when the editing began stays as others have made it meanwhile.
    ///
    /// # Errors
    /// `ServiceError::Invalid` if two say the same, or there are too many.
    async fn set_labels(
        &self,
        code: &Code,
        labels: Vec<LabelEdit>,
        began: Option<Vec<LabelEdit>>,
    ) -> Result<Session, ServiceError>;

    /// How late viewers pressed after the streamer said "press now" at this offset of a segment, going by what has come in so
    /// far. Hidden presses don't count.
    async fn measure_lead(
        &self,
        code: &Code,
        segment: u32,
        said_at: Offset,
    ) -> Result<Measured, ServiceError>;

    /// Hides timestamps from viewers. Timestamps that are already hidden are left alone. Several calls with the same `act`
    /// are one action; without an id, the call is an action of its own.
    ///
    /// # Errors
    /// `ServiceError::ModerationConflict` if `act` names somebody else's action, a different one, or one that was undone.
    async fn hide(
        &self,
        code: &Code,
        ids: Vec<TimestampId>,
        act: Option<ModerationId>,
    ) -> Result<(), ServiceError>;

    /// Restores hidden timestamps, whatever hid them.
    ///
    /// # Errors
    /// As `hide`.
    async fn restore(
        &self,
        code: &Code,
        ids: Vec<TimestampId>,
        act: Option<ModerationId>,
    ) -> Result<(), ServiceError>;

    /// Hides the timestamps that match a filter, the last ones of the list first: scans `ModerationAction::MOST_A_CALL`
    /// timestamps, before `before` if that is given. Call it again with its result until there are no others.
    ///
    /// # Errors
    /// As `hide`, and `ServiceError::Invalid` if rows can't be hidden by the filter.
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

    /// Blocks the visitor who made this timestamp: what they press from now on is hidden from others, without their
    /// noticing.
    ///
    /// # Errors
    /// `ServiceError::TargetIsStaff` if they are a moderator or the streamer.
    async fn block(
        &self,
        code: &Code,
        id: TimestampId,
        act: ModerationId,
    ) -> Result<(), ServiceError>;

    /// Does something to a moment, or to the one that it became part of. Doing what is done already changes nothing, and is
    /// not logged. Answers how many others a merge made part of it, as `AboutMoment::merged` tells it.
    ///
    /// # Errors
    /// `ServiceError::NoMoment` if the session has no such moment, `ServiceError::Invalid` if it can't have that range,
    /// `ServiceError::TitleEdited`, `ServiceError::ClipEdited`, `ServiceError::StateEdited` and `ServiceError::RangeEdited` if
    /// that has changed since the editing began, and `ServiceError::ModerationConflict` as `hide`.
    async fn edit_moment(
        &self,
        code: &Code,
        id: MomentId,
        edit: MomentEdit,
        act: ModerationId,
        began_at: Option<MomentBeganAt>,
    ) -> Result<Option<u32>, ServiceError>;

    /// The moment that this one became part of, directly or by way of others; itself if it did not. For links that name it.
    ///
    /// # Errors
    /// `ServiceError::NoMoment` if the session has no such moment.
    async fn current_moment(&self, code: &Code, id: MomentId) -> Result<MomentId, ServiceError>;

    /// Takes note that a staff page is open or is being left, and of what it has an editor open for. This is forgotten after
    /// `presence::ANNOUNCEMENT_LASTS`, and never stored. Answers who else is here.
    async fn announce(
        &self,
        code: &Code,
        announcement: Announcement,
    ) -> Result<Announced, ServiceError>;

    /// Undoes a moderation action: restores what it hid and nothing else, and lifts its block; or restores the note, or what
    /// there was of a moment, from before an edit. One call restores at most `ModerationAction::MOST_A_CALL` timestamps: call it
    /// until it is done. Undoing it again is no error.
    ///
    /// # Errors
    /// `ServiceError::NoModeration` if the session has no such action, or one that can't be undone;
    /// `ServiceError::EditedSince` if the note or the moment was changed again after the edit; `ServiceError::NoTimestamp` if
    /// the timestamp was erased.
    async fn undo(&self, code: &Code, act: ModerationId) -> Result<Undoing, ServiceError>;

    /// The moderation actions, newest first, at most `ModerationAction::MOST`: the newest of all, or the newest before this
    /// action.
    async fn moderations(
        &self,
        code: &Code,
        before: Option<ModerationId>,
    ) -> Result<Vec<ModerationAction>, ServiceError>;

    /// Replaces or removes the note of a timestamp.
    ///
    /// # Errors
    /// `ServiceError::Edited` if the note has changed since the editing began.
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
    /// `ServiceError::InvalidLink`, the same for wrong, foreign and revoked links.
    async fn redeem(&self, code: &Code, key: AccessKey) -> Result<Redemption, ServiceError>;

    /// The session's links, oldest first.
    async fn links(&self, code: &Code) -> Result<Vec<Link>, ServiceError>;

    /// Creates a moderator link. A retry with the same key and label gets the first answer.
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

    /// Revokes the control link and creates another one; only the caller's browser stays the streamer's. A retry with the
    /// same key gets the first answer, and revokes nothing.
    async fn replace_control_link(
        &self,
        code: &Code,
        key: Option<IdempotencyKey>,
    ) -> Result<NewLink, ServiceError>;

    /// Opens a throw-away session to rehearse this one in; deletes an older rehearsal of it. A retry with the same key gets the
    /// first answer.
    async fn open_rehearsal(
        &self,
        code: &Code,
        key: Option<IdempotencyKey>,
    ) -> Result<CreatedSession, ServiceError>;

    /// Deletes a rehearsal, given its own code. A real session is never deleted this way.
    async fn end_rehearsal(&self, code: &Code) -> Result<(), ServiceError>;
}

/// A session in the list of those that a browser controls or moderates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSession {
    /// The session.
    pub session: Session,
    /// The role of this browser in it.
    pub role: Role,
    /// If it was deleted: until when it can be restored.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "utc::maybe_time"
    )]
    pub purge_after: Option<DateTime<Utc>>,
    /// When it was opened. Tabs of earlier builds ignore it, and servers of earlier builds don't tell it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "utc::maybe_time"
    )]
    pub created_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::session::tests::blank;

    #[test]
    fn a_session_of_a_server_that_does_not_tell_when_it_was_opened_is_read() {
        let own = OwnSession {
            session: blank(),
            role: Role::Streamer,
            purge_after: None,
            created_at: Some(DateTime::UNIX_EPOCH),
        };
        let mut json = serde_json::to_value(&own).unwrap();
        assert_eq!(json["created_at"], "1970-01-01T00:00:00Z");
        json.as_object_mut().unwrap().remove("created_at");
        let read: OwnSession = serde_json::from_value(json).unwrap();
        let untold = OwnSession {
            created_at: None,
            ..own
        };
        assert_eq!(read, untold);
    }
}
