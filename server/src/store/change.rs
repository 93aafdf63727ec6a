//! One write to a session: lock, look, judge, write. Every write goes through here.

use app::{
    clips::ClipsError,
    domain::session::{Session, Status},
};
use chrono::{DateTime, Utc};
use entity::{segment, session};
use sea_orm::{
    ActiveValue::{NotSet, Set, Unchanged},
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
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

/// A session under its lock, as it stands and as it will stand. Dropped without `commit`, nothing was written.
pub(super) struct Change {
    pub(super) tx: DatabaseTransaction,
    /// As it will stand.
    pub(super) session: session::Model,
    /// By index; whoever changes one writes it.
    pub(super) segments: Vec<segment::Model>,
    /// As it stood when the lock was taken.
    before: session::Model,
}

impl Change {
    /// Locks the session, and then looks.
    ///
    /// # Errors
    /// `ClipsError::NotFound` when the session is gone.
    pub(super) async fn begin(store: &Store, id: SessionId) -> Result<Self, StoreError> {
        let tx = dialect::begin_write(&store.pools.writer).await?;
        // The lock first, and what it guards in statements of their own: Postgres answers a lock-and-read in one
        // statement with what stood there before the wait, and a press then lands in a closed segment. (SQLite knows
        // no row locks and is asked for none: it took the whole file's at BEGIN IMMEDIATE.)
        let locked: Option<Uuid> = session::Entity::find_by_id(id.0)
            .select_only()
            .column(session::Column::Id)
            .lock_exclusive()
            .into_tuple()
            .one(&tx)
            .await?;
        locked.ok_or(ClipsError::NotFound)?;
        let session = session::Entity::find_by_id(id.0)
            .one(&tx)
            .await?
            .ok_or(ClipsError::NotFound)?;
        let segments = segments::all(&tx, id.0).await?;
        Ok(Self {
            tx,
            before: session.clone(),
            session,
            segments,
        })
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
    pub(super) async fn count(&mut self, segment: Uuid, by: i32) -> Result<(), StoreError> {
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
        segments::write(&self.tx, row).await
    }

    /// Writes the session where it changed, and commits. Answers whether the revision grew.
    pub(super) async fn commit(mut self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let changed = self.session != self.before;
        if changed {
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
                    rehearsal_of: NotSet,
                    created_at: NotSet,
                    updated_at: Set(now),
                })
                .filter(session::Column::Id.eq(row.id))
                .exec(&self.tx)
                .await?;
        }
        self.tx.commit().await?;
        Ok(changed)
    }

    /// Commits, and answers with what this makes of the session.
    pub(super) async fn done<T>(
        self,
        answer: T,
        now: DateTime<Utc>,
    ) -> Result<Done<T>, StoreError> {
        let changed = self.commit(now).await?;
        Ok(Done { answer, changed })
    }
}
