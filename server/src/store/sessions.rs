//! Sessions: opened, found, and changed by the streamer's buttons.

use std::time::Instant;

use app::{
    clips::{ClipsError, OwnSession},
    domain::{
        access::{LinkKind, Opened},
        act::{Act, Step},
        code::Code,
        role::Role,
        session::{LastSegment, Session, Status},
        text::{Game, Title},
    },
};
use chrono::{DateTime, Utc};
use entity::{segment, session};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, SqlErr,
};
use uuid::Uuid;

use super::{
    Done, SessionId, Store, StoreError, UNKNOWN_FOR, VisitorId, access, change::Change, dialect,
    segments, settings, texts::stored,
};
use crate::{
    seed::Seed,
    world::{self, Clock},
};

/// How often a new session tries another code; with a million sessions one of a thousand codes is taken.
const CODES_TO_TRY: usize = 8;
/// The most sessions that a browser is shown as its own.
const MOST_OWN: u64 = 100;

/// A session as a caller finds it.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its name.
    pub id: SessionId,
    /// How it stands.
    pub session: Session,
    /// Who the caller is in it.
    pub role: Role,
}

impl Store {
    /// Opens a session, with a control link and the opener's grant for it. Another attempt with the same seed opens no other
    /// one, and gets the first answer.
    pub async fn open_session(
        &self,
        clock: &Clock,
        visitor: VisitorId,
        title: &Title,
        game: &Game,
        seed: Seed,
    ) -> Result<Opened, StoreError> {
        for _ in 0..CODES_TO_TRY {
            let tx = dialect::begin_write(&self.pools.writer).await?;
            let new = New {
                title: title.as_str(),
                game: game.as_str(),
                rehearsal_of: None,
                seed,
            };
            if let Some(opened) = new.opened_before(&tx).await? {
                tx.rollback().await?;
                return Ok(opened);
            }
            match new.insert(&tx, clock.now(), visitor).await {
                Ok(opened) => {
                    tx.commit().await?;
                    return Ok(opened);
                }
                // Also where another attempt of the same request was quicker: the next round finds what it opened.
                Err(StoreError::Database(error)) if is_taken(&error) => tx.rollback().await?,
                Err(error) => return Err(error),
            }
        }
        Err(ClipsError::Broken.into())
    }

    /// The session with this code. A code never changes, so that it is asked for once; one that was deleted since is
    /// found too, until it is forgotten.
    ///
    /// # Errors
    /// `StoreError::Database` where the database can't tell.
    pub async fn find(&self, code: &Code) -> Result<Option<SessionId>, StoreError> {
        self.find_counted(code, || Ok(|_| ())).await
    }

    /// As `find`, where whoever asks the database is counted first: `counted` may refuse that, and what it answers hears
    /// whether there is such a session.
    ///
    /// # Errors
    /// What `counted` says, and `StoreError::Database` where the database can't tell.
    pub async fn find_counted<D: FnOnce(bool)>(
        &self,
        code: &Code,
        counted: impl FnOnce() -> Result<D, ClipsError>,
    ) -> Result<Option<SessionId>, StoreError> {
        // A crowd that comes for one code waits for one statement.
        let found = self.pools.codes.get_or_insert_async(code.as_str(), async {
            if self.is_unknown(code) {
                return Err(ClipsError::NotFound.into());
            }
            let told = counted()?;
            let id: Option<Uuid> = session::Entity::find()
                .select_only()
                .column(session::Column::Id)
                .filter(session::Column::Code.eq(code.as_str()))
                .into_tuple()
                .one(&self.pools.reader)
                .await?;
            told(id.is_some());
            let Some(id) = id else {
                self.pools.unknown.insert(code.to_string(), Instant::now());
                return Err(ClipsError::NotFound.into());
            };
            Ok::<_, StoreError>(SessionId(id))
        });
        match found.await {
            Ok(id) => Ok(Some(id)),
            Err(error) if error.is_gone() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The session with this code, or that none has it, where that was asked a moment ago; no statement runs.
    pub fn recalled(&self, code: &Code) -> Option<Option<SessionId>> {
        if let Some(session) = self.pools.codes.get(code.as_str()) {
            return Some(Some(session));
        }
        self.is_unknown(code).then_some(None)
    }

    /// Whether no session had this code a moment ago.
    fn is_unknown(&self, code: &Code) -> bool {
        let asked = self.pools.unknown.get(code.as_str());
        asked.is_some_and(|asked| asked.elapsed() < UNKNOWN_FOR)
    }

    /// Looks a code up anew the next time: its session is gone.
    pub fn forget(&self, code: &str) {
        self.pools.codes.remove(code);
    }

    /// The session with this code, how it stands, and who this visitor is in it; read at one moment.
    pub async fn known(
        &self,
        code: &Code,
        visitor: VisitorId,
    ) -> Result<Option<Known>, StoreError> {
        let tx = dialect::begin_read(&self.pools.reader).await?;
        let row = session::Entity::find()
            .filter(session::Column::Code.eq(code.as_str()))
            .one(&tx)
            .await?;
        let known = match row {
            None => None,
            Some(row) => Some(Known {
                id: SessionId(row.id),
                session: to_session(&row, &segments::all(&tx, row.id).await?)?,
                role: access::role(&tx, row.id, visitor).await?,
            }),
        };
        tx.commit().await?;
        Ok(known)
    }

    /// Who a visitor is in a session: one small statement.
    ///
    /// # Errors
    /// `StoreError::Database` where the database can't tell.
    pub async fn role(&self, session: SessionId, visitor: VisitorId) -> Result<Role, StoreError> {
        access::role(&self.pools.reader, session.0, visitor).await
    }

    /// The sessions that a visitor has a living grant in, newest first; no rehearsals.
    pub async fn own_sessions(&self, visitor: VisitorId) -> Result<Vec<OwnSession>, StoreError> {
        let tx = dialect::begin_read(&self.pools.reader).await?;
        let roles = access::roles(&tx, visitor).await?;
        let rows = session::Entity::find()
            .filter(session::Column::Id.is_in(roles.keys().copied()))
            .filter(session::Column::RehearsalOf.is_null())
            .order_by_desc(session::Column::CreatedAt)
            .order_by_desc(session::Column::Id)
            .limit(MOST_OWN)
            .all(&tx)
            .await?;
        let mut of_session = segments::of_each(&tx, rows.iter().map(|row| row.id)).await?;
        tx.commit().await?;
        rows.iter()
            .map(|row| {
                let segments = of_session.remove(&row.id).unwrap_or_default();
                Ok(OwnSession {
                    session: to_session(row, &segments)?,
                    role: roles.get(&row.id).copied().unwrap_or(Role::Viewer),
                })
            })
            .collect()
    }

    /// Presses one of the streamer's buttons.
    ///
    /// # Errors
    /// `ClipsError::Act` where the status doesn't allow it.
    pub async fn act(
        &self,
        clock: &Clock,
        session: SessionId,
        act: Act,
    ) -> Result<Done<Session>, StoreError> {
        let (tx, mut change) = Change::begin(self, session).await?;
        let now = clock.now();
        match change.status()?.judge(act, now).map_err(ClipsError::Act)? {
            Step::Nothing => {}
            Step::Open { index, start_time } => {
                change.open_segment(&tx, index, start_time, now).await?;
                change.session.status = session::Status::Active;
            }
            Step::Pause => {
                change.close_segment(&tx, now).await?;
                change.session.status = session::Status::Paused;
            }
            Step::End => {
                change.close_segment(&tx, now).await?;
                change.session.status = session::Status::Ended;
            }
            Step::Reopen => change.session.status = session::Status::Paused,
        }
        let session = change.to_session()?;
        change.done(tx, session, now).await
    }

    /// Gives a session another title and game.
    pub async fn edit_session(
        &self,
        clock: &Clock,
        session: SessionId,
        title: &Title,
        game: &Game,
    ) -> Result<Done<Session>, StoreError> {
        let (tx, mut change) = Change::begin(self, session).await?;
        change.session.title = title.to_string();
        change.session.game = game.to_string();
        let session = change.to_session()?;
        change.done(tx, session, clock.now()).await
    }
}

/// A session to be written.
pub(super) struct New<'a> {
    pub(super) title: &'a str,
    pub(super) game: &'a str,
    pub(super) rehearsal_of: Option<Uuid>,
    /// Gives its id and the control link's secret.
    pub(super) seed: Seed,
}

impl New<'_> {
    fn id(&self) -> Uuid {
        self.seed.uuid("session")
    }

    /// What an earlier attempt with this seed opened.
    async fn opened_before(&self, tx: &DatabaseTransaction) -> Result<Option<Opened>, StoreError> {
        let row = session::Entity::find_by_id(self.id()).one(tx).await?;
        let opened = row.map(|row| {
            let code = row.code.parse();
            Ok(Opened {
                code: code.map_err(|_| StoreError::Unreadable { what: "code" })?,
                control_key: access::key(self.seed, LinkKind::Control),
            })
        });
        opened.transpose()
    }

    /// Writes it, with a control link and the opener's grant.
    pub(super) async fn insert(
        self,
        tx: &DatabaseTransaction,
        now: DateTime<Utc>,
        opener: VisitorId,
    ) -> Result<Opened, StoreError> {
        let code = Code::from_random(world::random_bytes());
        let row = session::Model {
            id: self.id(),
            code: code.to_string(),
            title: self.title.into(),
            game: self.game.into(),
            status: session::Status::Paused,
            revision: 0,
            timestamp_count: 0,
            names_required: false,
            staff_list: false,
            moderators_pause: false,
            held_words: settings::NO_HELD_WORDS.into(),
            blocks: 0,
            rehearsal_of: self.rehearsal_of,
            created_at: now,
            updated_at: now,
        };
        let id = row.id;
        session::Entity::insert(row.into_active_model())
            .exec_without_returning(tx)
            .await?;
        let label = access::control_label()?;
        let minted = access::mint(tx, id, LinkKind::Control, label, self.seed, now).await?;
        access::grant(tx, id, opener, minted.link.id, now).await?;
        Ok(Opened {
            code,
            control_key: minted.key,
        })
    }
}

/// Whether a unique index refused: the code, or an id that an attempt with the same seed has written meanwhile.
fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// A session as pages see it.
pub(super) fn to_session(
    row: &session::Model,
    segments: &[segment::Model],
) -> Result<Session, StoreError> {
    Ok(Session {
        code: row
            .code
            .parse()
            .map_err(|_| StoreError::Unreadable { what: "code" })?,
        title: stored(&row.title, "title")?,
        game: stored(&row.game, "game")?,
        status: to_status(row.status, segments)?,
        timestamp_count: segments::whole(row.timestamp_count),
        rules: settings::to_rules(row),
    })
}

/// The status that the stored word and the segments (by index) make together.
pub(super) fn to_status(
    word: session::Status,
    segments: &[segment::Model],
) -> Result<Status, StoreError> {
    let last = segments.last();
    let closed = last.and_then(|row| {
        Some(LastSegment {
            index: segments::whole(row.index),
            end_time: row.end_time?,
        })
    });
    match (word, last) {
        (session::Status::Active, Some(row)) if row.end_time.is_none() => Ok(Status::Active {
            segment: segments::whole(row.index),
            start_time: row.start_time,
        }),
        (session::Status::Active, _) => Err(StoreError::Unreadable {
            what: "status without its segment",
        }),
        (session::Status::Paused, _) => Ok(Status::Paused { last: closed }),
        (session::Status::Ended, _) => Ok(Status::Ended { last: closed }),
    }
}
