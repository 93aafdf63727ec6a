//! The index by visitor: whose timestamps are which.
//!
//! Visitor ids are random, so updating an index of them with each press would cost as much as the rest of the press: every
//! entry is on a different page. It is filled in the background instead (`visitor_backlog.rs`).
//! `session.visitors_indexed` is the revision up to which a session is indexed; queries for a visitor's timestamps use the
//! index, and scan the few rows after that revision.

use std::collections::{BTreeMap, BTreeSet};

use app::domain::timestamp::TimestampId;
use entity::{session, timestamp, visitor_timestamp};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};
use uuid::Uuid;

use super::{SessionId, Store, StoreError, VisitorId, rows::HIDDEN_BY_ERASURE, session_rows};

/// How many of the newest presses are looked through where any timestamp of a visitor will do: some milliseconds.
const LOOKED_THROUGH: i64 = 2_000;
/// For how many visitors one statement deletes entries.
const VISITORS_A_STATEMENT: usize = 200;

impl Store {
    /// The timestamps of the author of one of them, and the revision at which they were read; none if it belongs to
    /// nobody any more.
    pub(super) async fn of_author(
        &self,
        session: SessionId,
        id: TimestampId,
    ) -> Result<(Vec<Uuid>, i64), StoreError> {
        self.read(async |tx| {
            let row = timestamp::Entity::find_by_id((session.0, id.0))
                .one(tx)
                .await?;
            let living = session_rows::find_existing(tx, session).await?;
            let revision = living.map_or(0, |session| session.revision);
            let Some(row) = row.filter(|row| row.hidden_by != Some(HIDDEN_BY_ERASURE)) else {
                return Ok((Vec::new(), revision));
            };
            let theirs = timestamps_of(tx, session, VisitorId(row.visitor_id), None).await?;
            Ok((theirs.into_iter().collect(), revision))
        })
        .await
    }

    /// The sessions that a visitor pressed in.
    pub(super) async fn pressed_in(
        &self,
        visitor: VisitorId,
    ) -> Result<Vec<SessionId>, StoreError> {
        self.read(async |tx| {
            let indexed: Vec<Uuid> = visitor_timestamp::Entity::find()
                .select_only()
                .column(visitor_timestamp::Column::SessionId)
                .filter(visitor_timestamp::Column::VisitorId.eq(visitor.0))
                .filter(visitor_timestamp::Column::SessionId.in_subquery(session_rows::kept_ids()))
                .distinct()
                .into_tuple()
                .all(tx)
                .await?;
            let mut sessions: BTreeSet<Uuid> = indexed.into_iter().collect();
            // Only few sessions are not fully indexed: those where people are pressing just now.
            let behind: Vec<(Uuid, i64)> = session_rows::kept()
                .select_only()
                .column(session::Column::Id)
                .column(session::Column::VisitorsIndexed)
                .filter(is_behind())
                .into_tuple()
                .all(tx)
                .await?;
            for (session, indexed_to) in behind {
                if !since(tx, session, indexed_to, visitor, Some(1))
                    .await?
                    .is_empty()
                {
                    sessions.insert(session);
                }
            }
            Ok(sessions.into_iter().map(SessionId).collect())
        })
        .await
    }
}

/// The ids of a visitor's timestamps in a session: all of them, or at least the newest ones.
pub(super) async fn timestamps_of(
    tx: &DatabaseTransaction,
    session: SessionId,
    visitor: VisitorId,
    newest: Option<u64>,
) -> Result<BTreeSet<Uuid>, StoreError> {
    let indexed_to: Option<i64> = session_rows::kept()
        .filter(session::Column::Id.eq(session.0))
        .select_only()
        .column(session::Column::VisitorsIndexed)
        .into_tuple()
        .one(tx)
        .await?;
    let Some(indexed_to) = indexed_to else {
        return Ok(BTreeSet::new());
    };
    // Their browser made the ids, which are ordered by time.
    let indexed: Vec<Uuid> = visitor_timestamp::Entity::find()
        .select_only()
        .column(visitor_timestamp::Column::TimestampId)
        .filter(visitor_timestamp::Column::VisitorId.eq(visitor.0))
        .filter(visitor_timestamp::Column::SessionId.eq(session.0))
        .order_by_desc(visitor_timestamp::Column::TimestampId)
        .limit(newest)
        .into_tuple()
        .all(tx)
        .await?;
    let since = since(tx, session.0, indexed_to, visitor, None).await?;
    Ok(indexed.into_iter().chain(since).collect())
}

/// One of a visitor's timestamps in a session, if they pressed there. This is asked for each visitor of a crowd: of what the index
/// lacks, which may be all that the crowd pressed within some seconds, only the newest presses are looked through.
pub(super) async fn any_timestamp_of(
    tx: &DatabaseTransaction,
    session: SessionId,
    visitor: VisitorId,
) -> Result<Option<Uuid>, StoreError> {
    let indexed: Option<Uuid> = visitor_timestamp::Entity::find()
        .select_only()
        .column(visitor_timestamp::Column::TimestampId)
        .filter(visitor_timestamp::Column::VisitorId.eq(visitor.0))
        .filter(visitor_timestamp::Column::SessionId.eq(session.0))
        .limit(1)
        .into_tuple()
        .one(tx)
        .await?;
    if indexed.is_some() {
        return Ok(indexed);
    }
    let revisions: Option<(i64, i64)> = session_rows::kept()
        .filter(session::Column::Id.eq(session.0))
        .select_only()
        .column(session::Column::VisitorsIndexed)
        .column(session::Column::Revision)
        .into_tuple()
        .one(tx)
        .await?;
    let Some((indexed_to, newest)) = revisions else {
        return Ok(None);
    };
    let after = Ord::max(indexed_to, newest - LOOKED_THROUGH);
    Ok(since(tx, session.0, after, visitor, Some(1)).await?.pop())
}

/// A visitor's timestamps that were written after a revision of a session, at most this many.
async fn since(
    tx: &DatabaseTransaction,
    session: Uuid,
    revision: i64,
    visitor: VisitorId,
    most: Option<u64>,
) -> Result<Vec<Uuid>, StoreError> {
    Ok(timestamp::Entity::find()
        .select_only()
        .column(timestamp::Column::Id)
        .filter(timestamp::Column::SessionId.eq(session))
        .filter(timestamp::Column::Revision.gt(revision))
        .filter(timestamp::Column::VisitorId.eq(visitor.0))
        // Through the index of revisions: with only a limit, Postgres reads the whole table, hoping to find one soon.
        .order_by_asc(timestamp::Column::Revision)
        .limit(most)
        .into_tuple()
        .all(tx)
        .await?)
}

/// Removes these entries of a session: pairs of a visitor and a timestamp that is deleted or belongs to nobody any more.
pub(super) async fn remove_entries(
    tx: &DatabaseTransaction,
    session: SessionId,
    entries: impl IntoIterator<Item = (Uuid, Uuid)>,
) -> Result<(), StoreError> {
    let mut of_visitor: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for (visitor, timestamp) in entries {
        of_visitor.entry(visitor).or_default().push(timestamp);
    }
    let entries = of_visitor.into_iter().map(|(visitor, ids)| {
        let of_visitor = visitor_timestamp::Column::VisitorId.eq(visitor);
        of_visitor.and(visitor_timestamp::Column::TimestampId.is_in(ids))
    });
    let entries: Vec<_> = entries.collect();
    // One condition per visitor; the databases' parsers handle a few hundred of them.
    for entries in entries.chunks(VISITORS_A_STATEMENT) {
        let any = entries
            .iter()
            .cloned()
            .fold(Condition::any(), Condition::add);
        visitor_timestamp::Entity::delete_many()
            .filter(visitor_timestamp::Column::SessionId.eq(session.0))
            .filter(any)
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Whether a session has presses that are not indexed yet.
pub(super) fn is_behind() -> SimpleExpr {
    Expr::col((session::Entity, session::Column::VisitorsIndexed))
        .lt(Expr::col((session::Entity, session::Column::Revision)))
}
