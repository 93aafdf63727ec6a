//! Deletes sessions for good. Each is hidden from everybody at once; its rows are deleted in the background, in
//! transactions so short that presses in other sessions don't wait for them.

use std::time::Duration;

use app::{domain::session::RESTORABLE_FOR, service::ServiceError};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    access_key, grant, moderation, moment, moment_edit, moment_join, segment, session, timestamp,
};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};
use tokio::time::sleep;
use uuid::Uuid;

use super::{
    SessionId, Store, StoreError, dialect,
    pools::{Lane, Writer},
    purge_pace::{PurgePace, RECENT, Seen},
    session_rows,
    session_tx::{Committed, SessionTx},
    visitors,
};
use crate::clock::Clock;

/// How often in a row a purge finds the database busy before it gives up until the next look.
const MOST_FAILURES: u32 = 10;
/// How long it waits then.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// How many sessions a purge passes over because their rows, or those of a rehearsal, can't be deleted.
const MOST_FAILED: usize = 100;
/// How many deleted sessions are looked up at once.
const SESSIONS_AT_ONCE: u64 = 100;

impl Store {
    /// Deletes a session and its rehearsals: nobody can find them any more. Their rows are deleted by `purge`. The pump
    /// notices that the session is gone, and tells its subscribers.
    ///
    /// # Errors
    /// `ServiceError::NotFound` if it is already gone.
    pub async fn delete_session(&self, clock: &Clock, id: SessionId) -> Result<(), StoreError> {
        self.delete_where(clock, id, None, |_| Ok(())).await
    }

    /// As `delete_session`, if the session has not been written to since this time. It goes to the trash first: the clock may
    /// have been wrong. Rehearsals don't, because nobody is offered to restore one.
    ///
    /// # Errors
    /// `ServiceError::NotFound` if it is gone or has been written to.
    pub async fn delete_untouched(
        &self,
        clock: &Clock,
        id: SessionId,
        since: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let is_untouched = move |row: &session::Model| {
            let is_untouched = row.updated_at < since;
            is_untouched.then_some(()).ok_or(ServiceError::NotFound)
        };
        self.delete_where(clock, id, Some(RESTORABLE_FOR), is_untouched)
            .await
    }

    /// The sessions but these that have not been written to since this time, ended or not, oldest first.
    ///
    /// # Errors
    /// `StoreError::Database` if they can't be read.
    pub async fn untouched(
        &self,
        since: DateTime<Utc>,
        but: &[SessionId],
        limit: u64,
    ) -> Result<Vec<SessionId>, StoreError> {
        self.query(async |database| {
            let ids: Vec<Uuid> = session_rows::existing()
                .select_only()
                .column(session::Column::Id)
                .filter(session::Column::UpdatedAt.lt(since))
                .filter(session::Column::Id.is_not_in(but.iter().map(|id| id.0)))
                .order_by_asc(session::Column::UpdatedAt)
                .limit(limit)
                .into_tuple()
                .all(database)
                .await?;
            Ok(ids.into_iter().map(SessionId).collect())
        })
        .await
    }

    /// Deletes a session and its rehearsals, if `is_meant` confirms that it is the right one. If `keep` is given, a session that
    /// is no rehearsal goes to the trash for this long.
    pub(super) async fn delete_where(
        &self,
        clock: &Clock,
        id: SessionId,
        keep: Option<TimeDelta>,
        is_meant: impl FnOnce(&session::Model) -> Result<(), ServiceError> + Send + 'static,
    ) -> Result<(), StoreError> {
        let clock = clock.clone();
        let deleted = self
            .write(Lane::Requests, |writer| async move {
                // Under its lock, so that a press being written comes first.
                let (tx, locked) = lock_with_rehearsals(&writer, id).await?;
                is_meant(&locked.session)?;
                let now = clock.now();
                let its_rehearsals = session::Column::RehearsalOf.eq(id.0);
                let mut deleted = mark(&tx, its_rehearsals, now, None).await?;
                let is_rehearsal = locked.session.rehearsal_of.is_some();
                let purge_after = keep.filter(|_| !is_rehearsal).map(|keep| now + keep);
                deleted.extend(mark(&tx, session::Column::Id.eq(id.0), now, purge_after).await?);
                dialect::notify(&tx, &deleted.ids).await?;
                tx.commit().await?;
                let news = deleted.ids.clone();
                Ok(Committed {
                    answer: deleted,
                    news,
                })
            })
            .await?;
        self.is_deleted(&deleted);
        Ok(())
    }

    /// To be called after the commit: evicts the sessions' codes, and schedules their rows for deletion.
    pub(super) fn is_deleted(&self, deleted: &Deleted) {
        deleted.codes.iter().for_each(|code| self.evict_code(code));
        self.purges.notify_one();
    }

    /// Returns when there is something to purge.
    pub async fn has_to_purge(&self) {
        self.purges.notified().await;
    }

    /// Deletes the rows of all deleted sessions, and of those whose time in the trash is over. It may be interrupted at any
    /// point, and continues the next time.
    ///
    /// # Errors
    /// `StoreError::Database` if the database fails, or some rows can't be deleted; what was deleted until then is gone.
    pub async fn purge(&self, clock: &Clock) -> Result<(), StoreError> {
        self.purge_among(|| session_rows::purgeable(clock.cautious_now()))
            .await
    }

    /// As `purge`, but leaves the trash alone: for a process whose time is not the server's.
    ///
    /// # Errors
    /// As `purge`.
    pub async fn purge_deleted(&self) -> Result<(), StoreError> {
        self.purge_among(session_rows::deleted_for_good).await
    }

    async fn purge_among(
        &self,
        purgeable: impl Fn() -> Select<session::Entity>,
    ) -> Result<(), StoreError> {
        let mut pace = PurgePace::new();
        let (mut failed, mut failure) = (Vec::new(), Ok(()));
        loop {
            let deleted: Vec<(Uuid, Option<Uuid>)> = self
                .query(async |database| {
                    let deleted = purgeable()
                        .select_only()
                        .column(session::Column::Id)
                        .column(session::Column::RehearsalOf)
                        .filter(session::Column::Id.is_not_in(failed.iter().copied()))
                        // Rehearsals before the sessions they belong to.
                        .order_by_desc(session::Column::CreatedAt)
                        .limit(SESSIONS_AT_ONCE)
                        .into_tuple();
                    Ok(deleted.all(database).await?)
                })
                .await?;
            if deleted.is_empty() {
                return failure;
            }
            for (session, rehearsal_of) in deleted {
                // Otherwise its rehearsal would go with it, all rows at once.
                if failed.contains(&session) {
                    continue;
                }
                match self.purge_session(SessionId(session), &mut pace).await {
                    Ok(()) => {}
                    // A damaged session does not hold up the others; a database that is not at hand does.
                    Err(error) if !error.is_retryable() && failed.len() < MOST_FAILED => {
                        failed.extend([session].into_iter().chain(rehearsal_of));
                        failure = Err(error);
                    }
                    Err(error) => return Err(error),
                }
            }
        }
    }

    /// Lets an embedded database refresh its statistics if that is worthwhile; Postgres does so on its own.
    ///
    /// # Errors
    /// `StoreError::Database` if the database fails.
    pub async fn optimize(&self) -> Result<(), StoreError> {
        self.write(Lane::Requests, |writer| async move {
            writer.optimize().await?;
            Ok(Committed::without_news(()))
        })
        .await
    }

    async fn purge_session(
        &self,
        session: SessionId,
        pace: &mut PurgePace,
    ) -> Result<(), StoreError> {
        pace.next_session();
        let mut failures = 0;
        loop {
            let size = pace.size();
            let rows = size.rows() as u64;
            let deleted = self.write_chunk(Lane::Purges, size, move |writer| async move {
                let tx = writer.begin().await?;
                let version = dialect::version_of_data(&tx).await?;
                let is_left = delete_some(&tx, session, rows).await?;
                tx.commit().await?;
                Ok(Committed::without_news((is_left, version)))
            });
            let ((is_left, version), times) = match deleted.await {
                // On SQLite others may be faster again and again to take the lock that is free.
                Err(error) if error.is_retryable() && failures < MOST_FAILURES => {
                    failures += 1;
                    sleep(PAUSE_AFTER_FAILURE).await;
                    continue;
                }
                deleted => deleted?,
            };
            failures = 0;
            pace.observe(Seen {
                times,
                version,
                has_presses: self.has_presses_within(RECENT),
            });
            sleep(pace.pause(rows, times.held)).await;
            if !is_left {
                return Ok(());
            }
        }
    }
}

/// Locks a session and its rehearsals, in the global lock order, because a batch of presses may need both.
pub(super) async fn lock_with_rehearsals(
    writer: &Writer,
    id: SessionId,
) -> Result<(DatabaseTransaction, SessionTx), StoreError> {
    let tx = writer.begin().await?;
    let rehearsals: Vec<Uuid> = session_rows::including_deleted()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::RehearsalOf.eq(id.0))
        .into_tuple()
        .all(&tx)
        .await?;
    let all = rehearsals.into_iter().map(SessionId).chain([id]);
    let locked = SessionTx::lock(&tx, all).await?.remove(&id);
    Ok((tx, locked.ok_or(ServiceError::NotFound)?))
}

/// Sessions that were marked as deleted.
pub(super) struct Deleted {
    pub(super) ids: Vec<SessionId>,
    codes: Vec<String>,
}

impl Deleted {
    fn extend(&mut self, others: Self) {
        self.ids.extend(others.ids);
        self.codes.extend(others.codes);
    }
}

/// Marks sessions as deleted, under the lock of the session that they belong to. Their rows are deleted after the given time,
/// or at once.
pub(super) async fn mark(
    tx: &DatabaseTransaction,
    which: SimpleExpr,
    now: DateTime<Utc>,
    purge_after: Option<DateTime<Utc>>,
) -> Result<Deleted, StoreError> {
    let rows = session_rows::existing().filter(which).all(tx).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    session::Entity::update_many()
        .col_expr(session::Column::DeletedAt, Expr::value(now))
        .col_expr(session::Column::PurgeAfter, Expr::value(purge_after))
        .filter(session::Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(Deleted {
        ids: ids.into_iter().map(SessionId).collect(),
        codes: rows.into_iter().map(|row| row.code).collect(),
    })
}

/// Deletes at most this many of a session's rows, and the session itself with the last of them. Returns whether any are left.
async fn delete_some(
    tx: &DatabaseTransaction,
    session: SessionId,
    most: u64,
) -> Result<bool, StoreError> {
    use {access_key::Column as Link, moderation::Column as Act, segment::Column as Segment};
    use {moment::Column as Moment, moment_edit::Column as Edit, moment_join::Column as Join};

    let rows: Vec<(Uuid, Uuid)> = timestamp::Entity::find()
        .select_only()
        .column(timestamp::Column::VisitorId)
        .column(timestamp::Column::Id)
        .filter(timestamp::Column::SessionId.eq(session.0))
        .order_by_asc(timestamp::Column::Id)
        .limit(most)
        .into_tuple()
        .all(tx)
        .await?;
    if !rows.is_empty() {
        let ids: Vec<_> = rows.iter().map(|(_, id)| *id).collect();
        visitors::remove_entries(tx, session, rows).await?;
        timestamp::Entity::delete_many()
            .filter(timestamp::Column::SessionId.eq(session.0))
            .filter(timestamp::Column::Id.is_in(ids))
            .exec(tx)
            .await?;
        return Ok(true);
    }
    // What the rows of a segment or a link cascade to goes first, so that no transaction deletes more than it was asked to.
    let is_left = delete_by::<moderation::Entity>(tx, (Act::SessionId, session), Act::Id, most)
        .await?
        || delete_grants(tx, session, most).await?
        || delete_by::<access_key::Entity>(tx, (Link::SessionId, session), Link::Id, most).await?
        || delete_by::<moment_join::Entity>(tx, (Join::SessionId, session), Join::Id, most).await?
        || delete_by::<moment_edit::Entity>(tx, (Edit::SessionId, session), Edit::Id, most).await?
        || delete_by::<moment::Entity>(tx, (Moment::SessionId, session), Moment::Id, most).await?
        || delete_by::<segment::Entity>(tx, (Segment::SessionId, session), Segment::Id, most)
            .await?;
    if is_left {
        return Ok(true);
    }
    session::Entity::delete_by_id(session.0).exec(tx).await?;
    Ok(false)
}

/// Deletes at most this many of a session's rows in a table whose key is the session and another id. Returns whether there were
/// any.
async fn delete_by<E: EntityTrait>(
    tx: &DatabaseTransaction,
    (of, session): (E::Column, SessionId),
    key: E::Column,
    most: u64,
) -> Result<bool, StoreError> {
    let keys: Vec<Uuid> = E::find()
        .select_only()
        .column(key)
        .filter(of.eq(session.0))
        .limit(most)
        .into_tuple()
        .all(tx)
        .await?;
    if keys.is_empty() {
        return Ok(false);
    }
    E::delete_many()
        .filter(of.eq(session.0))
        .filter(key.is_in(keys))
        .exec(tx)
        .await?;
    Ok(true)
}

/// Deletes at most this many of a session's grants: a visitor may hold many links, and a link may be held by many visitors.
/// Returns whether there were any.
async fn delete_grants(
    tx: &DatabaseTransaction,
    session: SessionId,
    most: u64,
) -> Result<bool, StoreError> {
    let key = [grant::Column::VisitorId, grant::Column::AccessKeyId];
    let some = grant::Entity::find()
        .select_only()
        .columns(key)
        .filter(grant::Column::SessionId.eq(session.0))
        .limit(most)
        .into_query();
    let deleted = grant::Entity::delete_many()
        .filter(grant::Column::SessionId.eq(session.0))
        .filter(Expr::tuple(key.map(Expr::col)).in_subquery(some))
        .exec(tx)
        .await?;
    Ok(deleted.rows_affected > 0)
}

#[cfg(test)]
mod tests;
