//! Sessions: opened, resolved, and changed by stream commands.

use std::cmp::Reverse;

use app::{
    domain::{
        access::{CreatedSession, LinkKind},
        code::Code,
        concurrent_edit::Edit,
        labels::Labels,
        lead::{Lead, Timing},
        role::{Right, Role},
        session::{Session, SessionDetails},
        stream_command::{StreamCommand, Transition},
        text::{Game, Label, Title},
    },
    service::{OwnSession, ServiceError},
};
use chrono::{DateTime, Utc};
use entity::session;
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select, SqlErr,
};
use uuid::Uuid;

use super::{
    SessionId, Store, StoreError, VisitorId, access, links,
    pools::Lane,
    rows::{NO_HELD_WORDS, labels_column, to_labels, to_session},
    segments, session_rows,
    session_tx::Committed,
};
use crate::{clock::Clock, idempotent_ids::Seed, random};

/// How often a new session tries another code; with a million sessions, one in a thousand codes is taken.
const CODES_TO_TRY: usize = 8;
/// The most sessions that a browser is shown as its own, and the most of them in the trash.
const MOST_OWN: u64 = 100;

/// A session from one visitor's point of view: its state, and their role in it.
#[derive(Clone, Debug)]
pub struct SessionContext {
    /// Its id.
    pub id: SessionId,
    /// Its state.
    pub session: Session,
    /// The caller's role in it.
    pub role: Role,
}

/// A session that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedSession {
    /// As it was first answered.
    pub created: CreatedSession,
    /// Whether it was opened just now; if not, it was opened before, and this is a retry.
    pub is_new: bool,
}

/// What a session's details are changed to.
#[derive(Clone, Debug)]
pub struct NewDetails {
    /// Its title.
    pub title: Title,
    /// The game being played.
    pub game: Game,
    /// How it allows for how late viewers press; `None` leaves that as it is.
    pub timing: Option<Timing>,
}

impl Store {
    /// Opens a session, with a control link and the opener's grant for it, and with the settings of the session that it is to
    /// be like. Another attempt with the same seed opens no second one, and gets the first answer.
    pub async fn open_session(
        &self,
        clock: &Clock,
        visitor: VisitorId,
        title: &Title,
        game: &Game,
        like: Option<SessionId>,
        seed: Seed,
    ) -> Result<OpenedSession, StoreError> {
        let (clock, title, game) = (clock.clone(), title.to_string(), game.to_string());
        self.write(Lane::Requests, |writer| async move {
            for _ in 0..CODES_TO_TRY {
                let tx = writer.begin().await?;
                let like = match like {
                    Some(like) => session_rows::find_existing(&tx, like).await?,
                    None => None,
                };
                let labels = match &like {
                    Some(like) => to_labels(like)?.of_similar_session(),
                    None => Labels::of_new_session(),
                };
                let new = New {
                    title: &title,
                    game: &game,
                    labels: &labels,
                    like: like.as_ref(),
                    rehearsal_of: None,
                    seed,
                };
                if let Some(created) = new.opened_before(&tx).await? {
                    tx.rollback().await?;
                    let is_new = false;
                    return Ok(Committed::without_news(OpenedSession { created, is_new }));
                }
                match new.insert(&tx, clock.now(), visitor).await {
                    Ok(created) => {
                        tx.commit().await?;
                        let is_new = true;
                        return Ok(Committed::without_news(OpenedSession { created, is_new }));
                    }
                    // This includes another attempt of the same request that was faster: the next round finds what it
                    // opened.
                    Err(StoreError::Database(error)) if is_unique_violation(&error) => {
                        tx.rollback().await?
                    }
                    Err(error) => return Err(error),
                }
            }
            Err(ServiceError::Internal.into())
        })
        .await
    }

    /// The session with this code, its state, and this visitor's role in it, read consistently.
    pub async fn load_for(
        &self,
        code: &Code,
        visitor: VisitorId,
    ) -> Result<Option<SessionContext>, StoreError> {
        self.read(async |tx| {
            let row = session_rows::existing()
                .filter(session::Column::Code.eq(code.as_str()))
                .one(tx)
                .await?;
            let Some(row) = row else {
                return Ok(None);
            };
            let last = segments::last(tx, row.id).await?;
            Ok(Some(SessionContext {
                id: SessionId(row.id),
                session: to_session(&row, last.as_ref())?,
                role: access::role(tx, row.id, visitor).await?,
            }))
        })
        .await
    }

    /// The role of a visitor in a session: one small statement.
    ///
    /// # Errors
    /// `StoreError::Database` if it can't be read.
    pub async fn role(&self, session: SessionId, visitor: VisitorId) -> Result<Role, StoreError> {
        self.query(async |database| access::role(database, session.0, visitor).await)
            .await
    }

    /// The label of the link by which a visitor is one of the staff of a session; `None` if they are not.
    ///
    /// # Errors
    /// `StoreError::Database` if it can't be read.
    pub async fn link_label(
        &self,
        session: SessionId,
        visitor: VisitorId,
    ) -> Result<Option<Label>, StoreError> {
        self.query(async |database| access::label(database, session.0, visitor).await)
            .await
    }

    /// The sessions for which a visitor has a valid grant, newest first: no rehearsals, and of those in the trash only
    /// sessions that the visitor can restore.
    pub async fn own_sessions(
        &self,
        clock: &Clock,
        visitor: VisitorId,
    ) -> Result<Vec<OwnSession>, StoreError> {
        let now = clock.now();
        self.read(async |tx| {
            let roles = access::roles(tx, visitor).await?;
            let controlled = roles.iter().filter(|(_, role)| role.may(Right::Control));
            let controlled: Vec<_> = controlled.map(|(id, _)| *id).collect();
            let all = roles.keys().copied().collect();
            let mut rows = newest(tx, session_rows::existing(), all).await?;
            rows.extend(newest(tx, session_rows::restorable(now), controlled).await?);
            rows.sort_by_key(|row| Reverse((row.created_at, row.id)));
            let last = segments::last_of_each(tx, rows.iter().map(|row| row.id)).await?;
            rows.iter()
                .map(|row| {
                    Ok(OwnSession {
                        session: to_session(row, last.get(&row.id))?,
                        role: roles.get(&row.id).copied().unwrap_or(Role::Viewer),
                        purge_after: row.purge_after,
                        created_at: Some(row.created_at),
                    })
                })
                .collect()
        })
        .await
    }

    /// Executes a stream command.
    ///
    /// # Errors
    /// `ServiceError::Act` if the status doesn't allow it.
    pub async fn act(
        &self,
        clock: &Clock,
        session: SessionId,
        act: StreamCommand,
    ) -> Result<Session, StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, |writer| async move {
            let (tx, mut locked) = writer.session(session).await?;
            let now = clock.now();
            match locked
                .status()?
                .decide(act, now)
                .map_err(ServiceError::Act)?
            {
                Transition::Nothing => {}
                Transition::Open { index, start_time } => {
                    locked.open_segment(&tx, index, start_time, now).await?;
                    locked.session.status = session::Status::Active;
                }
                Transition::Pause => {
                    locked.close_segment(&tx, now).await?;
                    locked.session.status = session::Status::Paused;
                }
                Transition::End => {
                    locked.close_segment(&tx, now).await?;
                    locked.session.status = session::Status::Ended;
                }
                Transition::Reopen => locked.session.status = session::Status::Paused,
            }
            let session = locked.to_session()?;
            locked.commit(tx, session, now).await
        })
        .await
    }

    /// Changes a session's title and game, and its timing if there is one, but for what is still as it was when the editing
    /// began.
    pub async fn edit_session(
        &self,
        clock: &Clock,
        session: SessionId,
        new: NewDetails,
        began: Option<SessionDetails>,
    ) -> Result<Session, StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, |writer| async move {
            let (tx, mut locked) = writer.session(session).await?;
            let now = SessionDetails::from(&locked.to_session()?);
            let to = SessionDetails {
                title: new.title,
                game: new.game,
                timing: new.timing.unwrap_or(now.timing),
            };
            let SessionDetails {
                title,
                game,
                timing,
            } = Edit { to, began }.over(&now);
            locked.session.title = title.to_string();
            locked.session.game = game.to_string();
            locked.session.lead_seconds = lead_column(timing.lead_seconds);
            locked.session.learns_delays = timing.learns_delays;
            let session = locked.to_session()?;
            locked.commit(tx, session, clock.now()).await
        })
        .await
    }
}

/// The newest of these sessions that are named, without rehearsals.
async fn newest(
    tx: &DatabaseTransaction,
    among: Select<session::Entity>,
    named: Vec<Uuid>,
) -> Result<Vec<session::Model>, StoreError> {
    let rows = among
        .filter(session::Column::Id.is_in(named))
        .filter(session::Column::RehearsalOf.is_null())
        .order_by_desc(session::Column::CreatedAt)
        .order_by_desc(session::Column::Id)
        .limit(MOST_OWN);
    Ok(rows.all(tx).await?)
}

/// A session to insert.
pub(super) struct New<'a> {
    pub(super) title: &'a str,
    pub(super) game: &'a str,
    pub(super) labels: &'a Labels,
    /// The session whose settings it takes over.
    pub(super) like: Option<&'a session::Model>,
    pub(super) rehearsal_of: Option<Uuid>,
    /// The seed of its id and of the control link's secret.
    pub(super) seed: Seed,
}

impl New<'_> {
    fn id(&self) -> Uuid {
        self.seed.uuid("session")
    }

    /// What an earlier attempt with this seed opened.
    pub(super) async fn opened_before(
        &self,
        tx: &DatabaseTransaction,
    ) -> Result<Option<CreatedSession>, StoreError> {
        let row = session_rows::including_deleted()
            .filter(session::Column::Id.eq(self.id()))
            .one(tx)
            .await?;
        let opened = row.map(|row| {
            let code = row.code.parse();
            Ok(CreatedSession {
                code: code.map_err(|_| StoreError::Unreadable { what: "code" })?,
                control_key: links::key(self.seed, LinkKind::Control),
            })
        });
        opened.transpose()
    }

    /// Inserts it, with a control link and the opener's grant.
    pub(super) async fn insert(
        self,
        tx: &DatabaseTransaction,
        now: DateTime<Utc>,
        opener: VisitorId,
    ) -> Result<CreatedSession, StoreError> {
        let code = Code::from_random(random::bytes());
        let like = self.like;
        let row = session::Model {
            id: self.id(),
            code: code.to_string(),
            title: self.title.into(),
            game: self.game.into(),
            status: session::Status::Paused,
            revision: 0,
            own_revision: 0,
            timestamp_count: 0,
            names_required: like.is_some_and(|like| like.names_required),
            staff_list: like.is_some_and(|like| like.staff_list),
            moderators_pause: like.is_some_and(|like| like.moderators_pause),
            held_words: like.map_or_else(|| NO_HELD_WORDS.into(), |like| like.held_words.clone()),
            labels: labels_column(self.labels),
            lead_seconds: like.map_or_else(|| lead_column(Lead::USUAL), |like| like.lead_seconds),
            learns_delays: like.is_none_or(|like| like.learns_delays),
            blocks: 0,
            erased_grants: 0,
            rehearsal_of: self.rehearsal_of,
            visitors_indexed: 0,
            deleted_at: None,
            purge_after: None,
            created_at: now,
            updated_at: now,
        };
        let id = row.id;
        session::Entity::insert(row.into_active_model())
            .exec_without_returning(tx)
            .await?;
        let label = links::control_label()?;
        let minted = links::mint(tx, id, LinkKind::Control, label, self.seed, now).await?;
        access::grant(tx, id, opener, minted.link.id, now).await?;
        Ok(CreatedSession {
            code,
            control_key: minted.key,
        })
    }
}

/// A lead as the column of a session holds it.
fn lead_column(lead: Lead) -> i32 {
    i32::try_from(lead.seconds()).unwrap_or_default()
}

/// Whether a unique index refused: the code, or an id that an attempt with the same seed has written in the meantime.
fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}
