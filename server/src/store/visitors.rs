//! The index by visitor, which is filled in the background after the commits.
//!
//! Visitor ids are random, so updating an index of them with each press would cost as much as the rest of the press: every
//! entry is on a different page. Here, many presses are added together, in the order of their visitors.
//! `session.visitors_indexed` is the revision up to which a session is indexed; queries for a visitor's timestamps use the
//! index, and scan the few rows after that revision.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    time::Duration,
};

use app::domain::timestamp::TimestampId;
use entity::{session, timestamp, visitor_timestamp};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, OnConflict, Query, SimpleExpr},
};
use uuid::Uuid;

use super::{
    SessionId, Store, StoreError, VisitorId, chunk_size::ChunkSize, pools::Writer,
    rows::HIDDEN_BY_ERASURE, session_rows, session_tx::Committed,
};

/// How long one transaction may hold the session's lock, which its presses wait for: about as long as they take anyway.
const LONGEST: Duration = Duration::from_millis(5);
/// How many rows one transaction adds. With fewer, the index fell behind where many people press: fewer rows share a page
/// that is written, and a commit.
const ROWS: RangeInclusive<usize> = 1_000..=4_000;
/// For how many visitors one statement deletes entries.
const VISITORS_A_STATEMENT: usize = 200;

impl Store {
    /// The sessions with presses that are not indexed yet; a server that was stopped leaves some.
    ///
    /// # Errors
    /// `StoreError::Database` if they can't be read.
    pub async fn unindexed(&self) -> Result<Vec<SessionId>, StoreError> {
        self.query(async |database| {
            let ids: Vec<Uuid> = session_rows::existing()
                .select_only()
                .column(session::Column::Id)
                .filter(is_behind())
                .into_tuple()
                .all(database)
                .await?;
            Ok(ids.into_iter().map(SessionId).collect())
        })
        .await
    }

    /// Adds the presses of a session to the index. Does nothing if the session is gone.
    ///
    /// # Errors
    /// `StoreError::Database` if the database fails; what was added until then stays.
    pub async fn index_visitors(&self, session: SessionId) -> Result<(), StoreError> {
        // Without pauses: where many people press, it would fall behind them. Presses that wait get the lock between two
        // transactions.
        let mut size = ChunkSize::new(LONGEST, ROWS);
        loop {
            let rows = size.rows();
            let entered = self.write_chunk(&mut size, |writer| async move {
                let is_all = index_batch(&writer, session, rows).await?;
                Ok(Committed::without_news(is_all))
            });
            match entered.await {
                Ok((false, _)) => {}
                Ok((true, _)) => return Ok(()),
                Err(error) if error.is_gone() => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    /// The timestamps of the author of one of them, and the revision at which they were read; `None` if it belongs to
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
            // What they pressed in a deleted session is deleted with it, and its entries too, some time later; a session in
            // the trash may come back.
            let living = session_rows::kept()
                .select_only()
                .column(session::Column::Id)
                .into_query();
            let indexed: Vec<Uuid> = visitor_timestamp::Entity::find()
                .select_only()
                .column(visitor_timestamp::Column::SessionId)
                .filter(visitor_timestamp::Column::VisitorId.eq(visitor.0))
                .filter(visitor_timestamp::Column::SessionId.in_subquery(living))
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

/// Adds at most this many of the next presses of a session to the index, under its lock, so that a visitor who is being
/// erased does not reappear. Returns whether these were all.
async fn index_batch(writer: &Writer, session: SessionId, rows: usize) -> Result<bool, StoreError> {
    let (tx, locked) = writer.session(session).await?;
    let row = locked.session;
    let (after, revision) = (row.visitors_indexed, timestamp::Column::Revision);
    let last: Option<i64> = timestamp::Entity::find()
        .select_only()
        .column(revision)
        .filter(timestamp::Column::SessionId.eq(session.0))
        .filter(revision.gt(after))
        .order_by_asc(revision)
        .offset(rows.saturating_sub(1) as u64)
        .limit(1)
        .into_tuple()
        .one(&tx)
        .await?;
    let until = last.unwrap_or(row.revision);
    if until > after {
        index_range(&tx, session, after, until).await?;
        session::Entity::update_many()
            .col_expr(session::Column::VisitorsIndexed, Expr::value(until))
            .filter(session::Column::Id.eq(session.0))
            .exec(&tx)
            .await?;
    }
    tx.commit().await?;
    Ok(last.is_none())
}

/// Adds the timestamps of a session between two revisions, in index order, so that neighbours share pages. Adding one again
/// changes nothing. Timestamps whose visitor was erased belong to nobody.
async fn index_range(
    tx: &DatabaseTransaction,
    session: SessionId,
    after: i64,
    until: i64,
) -> Result<(), StoreError> {
    let hidden_by = timestamp::Column::HiddenBy;
    let theirs = timestamp::Entity::find()
        .select_only()
        .column(timestamp::Column::VisitorId)
        .column(timestamp::Column::SessionId)
        .column(timestamp::Column::Id)
        .filter(timestamp::Column::SessionId.eq(session.0))
        .filter(timestamp::Column::Revision.gt(after))
        .filter(timestamp::Column::Revision.lte(until))
        .filter(hidden_by.is_null().or(hidden_by.ne(HIDDEN_BY_ERASURE)))
        .order_by_asc(timestamp::Column::VisitorId)
        .order_by_asc(timestamp::Column::Id);
    let columns = [
        visitor_timestamp::Column::VisitorId,
        visitor_timestamp::Column::SessionId,
        visitor_timestamp::Column::TimestampId,
    ];
    let mut insert = Query::insert();
    insert
        .into_table(visitor_timestamp::Entity)
        .columns(columns)
        .select_from(theirs.into_query())
        .map_err(|error| DbErr::Custom(error.to_string()))?
        .on_conflict(OnConflict::columns(columns).do_nothing().to_owned());
    tx.execute(&insert).await?;
    Ok(())
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

fn is_behind() -> SimpleExpr {
    Expr::col((session::Entity, session::Column::VisitorsIndexed))
        .lt(Expr::col((session::Entity, session::Column::Revision)))
}
