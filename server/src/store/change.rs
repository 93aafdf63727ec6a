//! One write to a session: lock, look, judge, write. Every write that moves the revision goes through here.

use std::collections::HashMap;

use app::{
    clips::ClipsError,
    domain::session::{Session, Status},
};
use chrono::{DateTime, Utc};
use entity::{segment, session};
use sea_orm::{
    ActiveValue::{NotSet, Set, Unchanged},
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::{SessionId, Store, StoreError, dialect, segments, sessions};

/// What a write answers, and whether anything was written for the session's pages to hear of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done<T> {
    /// The answer.
    pub answer: T,
    /// Whether the session's revision grew.
    pub changed: bool,
}

/// A session under its lock, as it stands and as it will stand. It belongs to the transaction that locked it: when that is
/// dropped without a commit, nothing was written.
pub(super) struct Change {
    /// As it will stand.
    pub(super) session: session::Model,
    /// By index; whoever changes one writes it.
    pub(super) segments: Vec<segment::Model>,
    /// As it stood when the lock was taken.
    before: session::Model,
}

impl Change {
    /// Begins a transaction with one session under its lock.
    ///
    /// # Errors
    /// `ClipsError::NotFound` when the session is gone.
    pub(super) async fn begin(
        store: &Store,
        id: SessionId,
    ) -> Result<(DatabaseTransaction, Self), StoreError> {
        let tx = dialect::begin_write(&store.pools.writer).await?;
        let change = Self::lock(&tx, [id]).await?.remove(&id);
        Ok((tx, change.ok_or(ClipsError::NotFound)?))
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
            .order_by_asc(session::Column::Id)
            .select_only()
            .column(session::Column::Id)
            .lock_exclusive()
            .into_tuple()
            .all(tx)
            .await?;
        let rows = session::Entity::find()
            .filter(session::Column::Id.is_in(locked.iter().copied()))
            .all(tx)
            .await?;
        let mut segments = segments::of_each(tx, locked).await?;
        let changes = rows.into_iter().map(|row| {
            let change = Self {
                segments: segments.remove(&row.id).unwrap_or_default(),
                before: row.clone(),
                session: row,
            };
            (SessionId(change.session.id), change)
        });
        Ok(changes.collect())
    }

    /// The session as it will stand.
    pub(super) fn to_session(&self) -> Result<Session, StoreError> {
        sessions::to_session(&self.session, &self.segments)
    }

    /// The status as it will stand.
    pub(super) fn status(&self) -> Result<Status, StoreError> {
        sessions::to_status(self.session.status, &self.segments)
    }

    /// The revision of the next row that is written: each one takes its own.
    pub(super) fn next_revision(&mut self) -> i64 {
        self.session.revision += 1;
        self.session.revision
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
        let row = self
            .segments
            .iter_mut()
            .find(|row| row.id == segment)
            .ok_or(StoreError::Unreadable {
                what: "timestamp without its segment",
            })?;
        row.timestamp_count += by;
        row.revision = revision;
        self.session.timestamp_count += by;
        segments::write(tx, row).await
    }

    /// Writes the session where it changed. Answers whether the revision grew.
    pub(super) async fn write(
        mut self,
        tx: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        if self.session == self.before {
            return Ok(false);
        }
        // A change of the session's own fields alone is one row too.
        if self.session.revision == self.before.revision {
            self.next_revision();
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
                timestamp_count: Set(row.timestamp_count),
                names_required: Set(row.names_required),
                staff_list: Set(row.staff_list),
                moderators_pause: Set(row.moderators_pause),
                held_words: Set(row.held_words),
                blocks: Set(row.blocks),
                rehearsal_of: NotSet,
                created_at: NotSet,
                updated_at: Set(now),
            })
            .filter(session::Column::Id.eq(row.id))
            .exec(tx)
            .await?;
        Ok(true)
    }

    /// Writes the session where it changed, commits, and answers with what this makes of it.
    pub(super) async fn done<T>(
        self,
        tx: DatabaseTransaction,
        answer: T,
        now: DateTime<Utc>,
    ) -> Result<Done<T>, StoreError> {
        let id = SessionId(self.session.id);
        let changed = self.write(&tx, now).await?;
        if changed {
            dialect::tell(&tx, &[id]).await?;
        }
        tx.commit().await?;
        Ok(Done { answer, changed })
    }
}
