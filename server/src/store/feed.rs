//! The feed: what has changed in a session since a revision, of every kind of row. Live streams read it.
//!
//! A kind of row is anything with a revision that reaches pages as it is. (Moments, edits of ranges and joins have revisions,
//! too: `crowd.rs` reads them for the moments that are computed from them.) To add one: a variant of `Row`, a function like
//! `written_segments` that reads what was written after a revision, its call in `changes`, and its field in `Changes`.

use std::collections::HashMap;

use app::domain::{
    revision::Revision,
    segment::Segment,
    session::Session,
    timestamp::{Timestamp, TimestampId},
};
use entity::{access_key, segment, session, timestamp};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{
    SessionId, Store, StoreError,
    rows::{HIDDEN_BY_ERASURE, to_segment, to_session, to_timestamp},
    segments, session_rows,
};

/// The newest state of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Newest {
    /// Its newest revision.
    pub revision: Revision,
    /// How often rights were taken from somebody: how many of its links were revoked or replaced, whether or not they are still
    /// there, and how many grants went with an erased visitor. It only grows; a stream that was authorized at a lower number is
    /// no longer authorized.
    pub revoked_links: i64,
}

/// One batch of changes in a session, in the order of revisions, read consistently.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The session's revision after this batch. Equals `latest` if the batch is complete.
    pub revision: Revision,
    /// The session's newest revision.
    pub latest: Revision,
    /// The current session.
    pub session: Session,
    /// Whether more of it has changed than its count.
    pub session_has_changed: bool,
    /// The segments that changed.
    pub segments: Vec<Segment>,
    /// The timestamps that have changed, including hidden ones, which are marked; `mine` is never set.
    pub timestamps: Vec<Timestamp>,
    /// The timestamps whose visitor was erased: they are on nobody's list any more.
    pub erased: Vec<TimestampId>,
}

/// A changed row, of any kind.
enum Row {
    Segment(Segment),
    Timestamp(Timestamp),
    Erased(TimestampId),
}

/// Rows with their revisions, oldest first.
type Written = Vec<(i64, Row)>;

impl Store {
    /// The newest revision of a session, with one small statement. `None` if it is gone.
    ///
    /// # Errors
    /// `StoreError::Database` if it can't be read.
    pub async fn newest(&self, session: SessionId) -> Result<Option<Newest>, StoreError> {
        Ok(self.newest_of(&[session]).await?.remove(&session))
    }

    /// The newest revisions of these sessions, with one statement; sessions that are gone are left out.
    ///
    /// # Errors
    /// `StoreError::Database` if they can't be read.
    pub async fn newest_of(
        &self,
        sessions: &[SessionId],
    ) -> Result<HashMap<SessionId, Newest>, StoreError> {
        let of_session = Expr::col((access_key::Entity, access_key::Column::SessionId))
            .equals((session::Entity, session::Column::Id));
        let revoked = access_key::Entity::find()
            .select_only()
            .column_as(access_key::Column::Id.count(), "links")
            .filter(of_session)
            .filter(access_key::Column::RevokedAt.is_not_null())
            .into_query();
        let rows: Vec<(Uuid, i64, i64, i64)> = self
            .query(async |database| {
                let rows = session_rows::existing()
                    .select_only()
                    .column(session::Column::Id)
                    .column(session::Column::Revision)
                    .column_as(Expr::SubQuery(None, Box::new(revoked.into())), "revoked")
                    .column(session::Column::ErasedGrants)
                    .filter(session::Column::Id.is_in(sessions.iter().map(|id| id.0)))
                    .into_tuple();
                Ok(rows.all(database).await?)
            })
            .await?;
        let newest = rows.into_iter().map(|(id, revision, revoked, erased)| {
            let newest = Newest {
                revision: Revision(revision),
                revoked_links: revoked + erased,
            };
            (SessionId(id), newest)
        });
        Ok(newest.collect())
    }

    /// The changes in a session after `after`, at most `limit` rows (at least one); `None` if the session is gone.
    ///
    /// # Errors
    /// `StoreError::Database` if they can't be read.
    pub async fn changes(
        &self,
        session: SessionId,
        after: Revision,
        limit: u64,
    ) -> Result<Option<Changes>, StoreError> {
        let limit = Ord::max(limit, 1);
        self.read(async |tx| {
            let Some(row) = session_rows::find_existing(tx, session).await? else {
                return Ok(None);
            };
            // One more row of each kind shows whether there is more.
            let kinds = [
                written_segments(tx, session, after, limit + 1).await?,
                written_timestamps(tx, session, after, limit + 1).await?,
            ];
            let (rows, is_all) = merge(kinds, limit);
            let latest = Revision(row.revision);
            let last = segments::last(tx, session.0).await?;
            let mut changes = Changes {
                revision: match rows.last() {
                    Some((last, _)) if !is_all => Revision(*last),
                    Some(_) | None => latest,
                },
                latest,
                session: to_session(&row, last.as_ref())?,
                session_has_changed: row.own_revision > after.0,
                segments: Vec::new(),
                timestamps: Vec::new(),
                erased: Vec::new(),
            };
            for (_, row) in rows {
                match row {
                    Row::Segment(segment) => changes.segments.push(segment),
                    Row::Timestamp(timestamp) => changes.timestamps.push(timestamp),
                    Row::Erased(id) => changes.erased.push(id),
                }
            }
            Ok(Some(changes))
        })
        .await
    }
}

/// The first rows of all kinds, in the order of their revisions, and whether these are all. Each kind must provide at least
/// `limit` rows if it has that many, and one more if it has more.
fn merge(kinds: impl IntoIterator<Item = Written>, limit: u64) -> (Written, bool) {
    let mut rows: Written = kinds.into_iter().flatten().collect();
    rows.sort_by_key(|(revision, _)| *revision);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_all = rows.len() <= limit;
    rows.truncate(limit);
    (rows, is_all)
}

async fn written_segments(
    tx: &DatabaseTransaction,
    session: SessionId,
    after: Revision,
    limit: u64,
) -> Result<Written, StoreError> {
    let rows = segment::Entity::find()
        .filter(segment::Column::SessionId.eq(session.0))
        .filter(segment::Column::Revision.gt(after.0))
        .order_by_asc(segment::Column::Revision)
        .limit(limit)
        .all(tx)
        .await?;
    let rows = rows.iter();
    Ok(rows
        .map(|row| (row.revision, Row::Segment(to_segment(row))))
        .collect())
}

async fn written_timestamps(
    tx: &DatabaseTransaction,
    session: SessionId,
    after: Revision,
    limit: u64,
) -> Result<Written, StoreError> {
    let rows = timestamps_after(session, after, limit).all(tx).await?;
    let segments = segments::of_timestamps(tx, &rows).await?;
    rows.into_iter()
        .map(|row| {
            let revision = row.revision;
            let row = match row.hidden_by {
                Some(HIDDEN_BY_ERASURE) => Row::Erased(TimestampId(row.id)),
                Some(_) | None => Row::Timestamp(to_timestamp(row, &segments)?),
            };
            Ok((revision, row))
        })
        .collect()
}

fn timestamps_after(session: SessionId, after: Revision, limit: u64) -> Select<timestamp::Entity> {
    timestamp::Entity::find()
        .filter(timestamp::Column::SessionId.eq(session.0))
        .filter(timestamp::Column::Revision.gt(after.0))
        .order_by_asc(timestamp::Column::Revision)
        .limit(limit)
}

#[cfg(test)]
mod tests {
    use sea_orm::DbBackend;

    use super::*;
    use crate::store::dialect::plans::plan;

    #[tokio::test]
    async fn changes_are_found_by_their_revisions() {
        for backend in [DbBackend::Sqlite, DbBackend::Postgres] {
            let query = timestamps_after(SessionId(Uuid::nil()), Revision(7), 100);
            let plan = plan(query.build(backend)).await.join("\n");
            assert!(plan.contains("timestamp_session_id_revision_idx"), "{plan}");
            assert!(
                !plan.contains("Sort") && !plan.contains("TEMP B-TREE"),
                "{plan}"
            );
        }
    }
}
