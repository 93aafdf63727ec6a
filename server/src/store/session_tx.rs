//! One write to a session: lock, look, decide, write. Every write that moves the revision goes through here.

use std::collections::{BTreeMap, HashMap};

use app::domain::session::{Session, Status};
use chrono::{DateTime, Utc};
use entity::{segment, session, timestamp};
use sea_orm::{
    ActiveValue::{NotSet, Set, Unchanged},
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{CaseStatement, Expr, ExprTrait, SimpleExpr},
};
use uuid::Uuid;

use super::{SessionId, StoreError, dialect, rows, session_rows};

/// How many timestamps one statement changes: each adds two parameters.
const ROWS_A_STATEMENT: usize = 500;

/// The outcome of a committed write.
#[derive(Debug)]
pub(super) struct Committed<T> {
    /// The result.
    pub(super) answer: T,
    /// The sessions whose subscribers have to be notified.
    pub(super) news: Vec<SessionId>,
}

impl<T> Committed<T> {
    /// A result that subscribers need not be notified of.
    pub(super) fn without_news(answer: T) -> Self {
        let news = Vec::new();
        Self { answer, news }
    }
}

/// A session under its lock, as it was and as it will be. It belongs to the transaction that locked it: if that is dropped
/// without a commit, nothing was written.
pub(super) struct SessionTx {
    /// The new state.
    pub(super) session: session::Model,
    /// Its last segment, which is the open one if there is one. Code that needs other segments loads them, so the cost of a
    /// press does not depend on the session's past.
    pub(super) last: Option<segment::Model>,
    /// The state when the lock was taken.
    before: session::Model,
    /// Whether there is a change without a revision, such as a revoked link.
    has_news: bool,
}

impl SessionTx {
    /// Locks sessions, and then reads them. Sessions that are gone are left out.
    pub(super) async fn lock(
        tx: &DatabaseTransaction,
        ids: impl IntoIterator<Item = SessionId>,
    ) -> Result<HashMap<SessionId, Self>, StoreError> {
        let locked = Self::lock_rows(tx, session_rows::existing(), ids).await?;
        Self::read_locked(tx, locked).await
    }

    /// Only locks sessions. Returns those that are among these.
    pub(super) async fn lock_rows(
        tx: &DatabaseTransaction,
        among: Select<session::Entity>,
        ids: impl IntoIterator<Item = SessionId>,
    ) -> Result<Vec<Uuid>, StoreError> {
        // First the lock, then the reads in separate statements: Postgres answers a lock-and-read in one statement with the
        // state from before the wait, and a press would land in a closed segment. In the order of the ids, so that two
        // writers never wait for each other. (SQLite has no row locks and is not asked for any: it locked the whole file at
        // BEGIN IMMEDIATE.)
        Ok(among
            .filter(session::Column::Id.is_in(ids.into_iter().map(|id| id.0)))
            .order_by_asc(session::Column::Id)
            .select_only()
            .column(session::Column::Id)
            .lock_exclusive()
            .into_tuple()
            .all(tx)
            .await?)
    }

    /// Reads sessions that this transaction has locked.
    pub(super) async fn read_locked(
        tx: &DatabaseTransaction,
        locked: Vec<Uuid>,
    ) -> Result<HashMap<SessionId, Self>, StoreError> {
        let rows = session_rows::kept()
            .filter(session::Column::Id.is_in(locked.iter().copied()))
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

    /// Its id.
    pub(super) fn id(&self) -> SessionId {
        SessionId(self.session.id)
    }

    /// The new state of the session.
    pub(super) fn to_session(&self) -> Result<Session, StoreError> {
        rows::to_session(&self.session, self.last.as_ref())
    }

    /// The new status.
    pub(super) fn status(&self) -> Result<Status, StoreError> {
        rows::to_status(self.session.status, self.last.as_ref())
    }

    /// The revision of the next row that is written: each row takes its own.
    pub(super) fn next_revision(&mut self) -> i64 {
        self.session.revision += 1;
        self.session.revision
    }

    /// The revisions of several rows that are written by one statement, as the value of their column.
    pub(super) fn next_revisions<C: ColumnTrait>(
        &mut self,
        (id, revision): (C, C),
        rows: impl Iterator<Item = Uuid>,
    ) -> SimpleExpr {
        let mut revisions = CaseStatement::new();
        for row in rows {
            revisions = revisions.case(Expr::col(id).eq(row), self.next_revision());
        }
        // Never used; it tells Postgres the type.
        revisions.finally(Expr::col(revision)).into()
    }

    /// Notifies subscribers although no revision grows.
    pub(super) fn has_news(&mut self) {
        self.has_news = true;
    }

    /// Increases (or decreases) the count of a segment, and of the session with it.
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
        // Incremented in SQL, because segments other than the last one are not loaded here.
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
            let key = (timestamp::Column::Id, timestamp::Column::Revision);
            let revision = self.next_revisions(key, rows.iter().map(|row| row.id));
            let mut update = timestamp::Entity::update_many()
                .col_expr(timestamp::Column::Revision, revision)
                .filter(timestamp::Column::SessionId.eq(self.session.id))
                .filter(timestamp::Column::Id.is_in(rows.iter().map(|row| row.id)));
            for (column, value) in columns {
                update = update.col_expr(*column, value.clone());
            }
            update.exec(tx).await?;
        }
        Ok(())
    }

    /// Adds these timestamps to the counts (`by` is 1) or removes them (-1).
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

    /// Writes the session if it has changed. Returns whether subscribers have to be notified.
    pub(super) async fn write(
        mut self,
        tx: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        if self.session == self.before {
            return Ok(self.has_news);
        }
        // A change of only the session's own fields takes one revision too.
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
                labels: Set(row.labels),
                lead_seconds: Set(row.lead_seconds),
                learns_delays: Set(row.learns_delays),
                blocks: Set(row.blocks),
                erased_grants: NotSet,
                rehearsal_of: NotSet,
                visitors_indexed: NotSet,
                deleted_at: NotSet,
                purge_after: NotSet,
                created_at: NotSet,
                updated_at: Set(now),
            })
            .filter(session::Column::Id.eq(row.id))
            .exec(tx)
            .await?;
        Ok(true)
    }

    /// Whether more of it has changed than what every press changes.
    fn has_changed_itself(&self) -> bool {
        let before = session::Model {
            revision: self.session.revision,
            timestamp_count: self.session.timestamp_count,
            ..self.before.clone()
        };
        self.session != before
    }

    /// Writes the session if it has changed, commits, and returns the result.
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
