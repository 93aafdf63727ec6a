//! One write to a session: lock, look, decide, write. Every write that moves the revision goes through here.

use std::collections::{BTreeMap, HashMap};

use app::{
    domain::session::{Session, Status},
    service::ServiceError,
};
use chrono::{DateTime, Utc};
use entity::{segment, session, timestamp};
use sea_orm::{
    ActiveValue::{NotSet, Set, Unchanged},
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{CaseStatement, Expr, ExprTrait, SimpleExpr},
};
use uuid::Uuid;

use super::{SessionId, StoreError, dialect, rows};

/// How many timestamps one statement changes: each brings two values into it.
const ROWS_A_STATEMENT: usize = 500;

/// What a write that is committed leaves behind.
#[derive(Debug)]
pub(super) struct Committed<T> {
    /// The answer.
    pub(super) answer: T,
    /// The sessions that have news for those who watch.
    pub(super) news: Vec<SessionId>,
}

impl<T> Committed<T> {
    /// An answer of which nobody who watches has to hear.
    pub(super) fn without_news(answer: T) -> Self {
        let news = Vec::new();
        Self { answer, news }
    }
}

/// A session under its lock, as it stands and as it will stand. It belongs to the transaction that locked it: when that is
/// dropped without a commit, nothing was written.
pub(super) struct SessionTx {
    /// As it will stand.
    pub(super) session: session::Model,
    /// Its last segment, which is the open one where there is one. The others are loaded by whoever needs them: a press
    /// costs the same whatever the session's past.
    pub(super) last: Option<segment::Model>,
    /// As it stood when the lock was taken.
    before: session::Model,
    /// Whether there is news that no revision tells of, like a link that was revoked.
    has_news: bool,
}

impl SessionTx {
    /// Puts one session under its lock.
    ///
    /// # Errors
    /// `ServiceError::NotFound` when the session is gone.
    pub(super) async fn begin(
        tx: DatabaseTransaction,
        id: SessionId,
    ) -> Result<(DatabaseTransaction, Self), StoreError> {
        let session = Self::lock(&tx, [id]).await?.remove(&id);
        Ok((tx, session.ok_or(ServiceError::NotFound)?))
    }

    /// Locks sessions, and then looks. Those that are gone are left out.
    pub(super) async fn lock(
        tx: &DatabaseTransaction,
        ids: impl IntoIterator<Item = SessionId>,
    ) -> Result<HashMap<SessionId, Self>, StoreError> {
        // The lock first, and what it guards in statements of their own: Postgres answers a lock-and-read in one
        // statement with what stood there before the wait, and a press then lands in a closed segment. In the order of
        // the ids, so that two writers never wait for each other. (SQLite knows no row locks and is asked for none: it
        // took the whole file's at BEGIN IMMEDIATE.)
        let locked: Vec<Uuid> = session::Entity::find()
            .filter(session::Column::Id.is_in(ids.into_iter().map(|id| id.0)))
            .filter(session::Column::DeletedAt.is_null())
            .order_by_asc(session::Column::Id)
            .select_only()
            .column(session::Column::Id)
            .lock_exclusive()
            .into_tuple()
            .all(tx)
            .await?;
        let rows = session::Entity::find()
            .filter(session::Column::Id.is_in(locked.iter().copied()))
            .filter(session::Column::DeletedAt.is_null())
            .all(tx)
            .await?;
        let last = dialect::last_segments(tx, locked).await?;
        let mut last: HashMap<_, _> = last.into_iter().map(|row| (row.session_id, row)).collect();
        let locked = rows.into_iter().map(|row| {
            let locked = Self {
                last: last.remove(&row.id),
                before: row.clone(),
                session: row,
                has_news: false,
            };
            (locked.id(), locked)
        });
        Ok(locked.collect())
    }

    /// Its name.
    pub(super) fn id(&self) -> SessionId {
        SessionId(self.session.id)
    }

    /// The session as it will stand.
    pub(super) fn to_session(&self) -> Result<Session, StoreError> {
        rows::to_session(&self.session, self.last.as_ref())
    }

    /// The status as it will stand.
    pub(super) fn status(&self) -> Result<Status, StoreError> {
        rows::to_status(self.session.status, self.last.as_ref())
    }

    /// The revision of the next row that is written: each one takes its own.
    pub(super) fn next_revision(&mut self) -> i64 {
        self.session.revision += 1;
        self.session.revision
    }

    /// Lets those who watch look again, though no revision grows.
    pub(super) fn has_news(&mut self) {
        self.has_news = true;
    }

    /// Lets a segment's count grow (or shrink), and the session's with it.
    pub(super) async fn count(
        &mut self,
        tx: &DatabaseTransaction,
        segment: Uuid,
        by: i32,
    ) -> Result<(), StoreError> {
        if by == 0 {
            return Ok(());
        }
        let revision = self.next_revision();
        // The database adds: which segments there are besides the last one is not known here.
        let counted = segment::Column::TimestampCount;
        segment::Entity::update_many()
            .col_expr(counted, Expr::col(counted).add(by))
            .col_expr(segment::Column::Revision, Expr::value(revision))
            .filter(segment::Column::SessionId.eq(self.session.id))
            .filter(segment::Column::Id.eq(segment))
            .exec(tx)
            .await?;
        if let Some(last) = self.last.as_mut().filter(|last| last.id == segment) {
            last.timestamp_count += by;
            last.revision = revision;
        }
        self.session.timestamp_count += by;
        Ok(())
    }

    /// Writes some columns of these timestamps, each with a revision of its own.
    pub(super) async fn write_timestamps(
        &mut self,
        tx: &DatabaseTransaction,
        rows: &[timestamp::Model],
        columns: &[(timestamp::Column, SimpleExpr)],
    ) -> Result<(), StoreError> {
        for rows in rows.chunks(ROWS_A_STATEMENT) {
            let mut revision = CaseStatement::new();
            for row in rows {
                let this = Expr::col(timestamp::Column::Id).eq(row.id);
                revision = revision.case(this, self.next_revision());
            }
            // Never needed; it tells Postgres the type.
            let revision = revision.finally(Expr::col(timestamp::Column::Revision));
            let mut update = timestamp::Entity::update_many()
                .col_expr(timestamp::Column::Revision, revision.into())
                .filter(timestamp::Column::SessionId.eq(self.session.id))
                .filter(timestamp::Column::Id.is_in(rows.iter().map(|row| row.id)));
            for (column, value) in columns {
                update = update.col_expr(*column, value.clone());
            }
            update.exec(tx).await?;
        }
        Ok(())
    }

    /// Counts these timestamps in (`by` is 1) or out (-1).
    pub(super) async fn count_each(
        &mut self,
        tx: &DatabaseTransaction,
        rows: impl Iterator<Item = &timestamp::Model>,
        by: i32,
    ) -> Result<(), StoreError> {
        let mut counts: BTreeMap<Uuid, i32> = BTreeMap::new();
        for row in rows {
            *counts.entry(row.segment_id).or_default() += by;
        }
        for (segment, by) in counts {
            self.count(tx, segment, by).await?;
        }
        Ok(())
    }

    /// Writes the session where it changed. Answers whether there is news for those who watch.
    pub(super) async fn write(
        mut self,
        tx: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        if self.session == self.before {
            return Ok(self.has_news);
        }
        // A change of the session's own fields alone is one row too.
        if self.session.revision == self.before.revision {
            self.next_revision();
        }
        if self.has_changed_itself() {
            self.session.own_revision = self.session.revision;
        }
        let row = self.session;
        session::Entity::update_many()
            .set(session::ActiveModel {
                id: Unchanged(row.id),
                code: NotSet,
                title: Set(row.title),
                game: Set(row.game),
                status: Set(row.status),
                revision: Set(row.revision),
                own_revision: Set(row.own_revision),
                timestamp_count: Set(row.timestamp_count),
                names_required: Set(row.names_required),
                staff_list: Set(row.staff_list),
                moderators_pause: Set(row.moderators_pause),
                held_words: Set(row.held_words),
                blocks: Set(row.blocks),
                rehearsal_of: NotSet,
                visitors_indexed: NotSet,
                deleted_at: NotSet,
                created_at: NotSet,
                updated_at: Set(now),
            })
            .filter(session::Column::Id.eq(row.id))
            .exec(tx)
            .await?;
        Ok(true)
    }

    /// Whether more of it changed than what every press moves.
    fn has_changed_itself(&self) -> bool {
        let before = session::Model {
            revision: self.session.revision,
            timestamp_count: self.session.timestamp_count,
            ..self.before.clone()
        };
        self.session != before
    }

    /// Writes the session where it changed, commits, and answers with what this makes of it.
    pub(super) async fn commit<T>(
        self,
        tx: DatabaseTransaction,
        answer: T,
        now: DateTime<Utc>,
    ) -> Result<Committed<T>, StoreError> {
        let id = self.id();
        let news = if self.write(&tx, now).await? {
            vec![id]
        } else {
            Vec::new()
        };
        dialect::notify(&tx, &news).await?;
        tx.commit().await?;
        Ok(Committed { answer, news })
    }
}
