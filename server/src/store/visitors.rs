//! The index by visitor, which is filled in the background after the commits.
//!
//! Visitor ids are random, so updating an index of them with each press would cost as much as the rest of the press: every
//! entry is on a different page. Here, the presses of some seconds are read without a lock, sorted, and added in that order,
//! a few at a time: neighbours share pages, and the transactions that presses wait for stay short.
//! `session.visitors_indexed` is the revision up to which a session is indexed; queries for a visitor's timestamps use the
//! index, and scan the few rows after that revision.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    ops::RangeInclusive,
    time::Duration,
};

use app::domain::timestamp::TimestampId;
use entity::{session, timestamp, visitor_timestamp};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};
use uuid::Uuid;

use super::{
    SessionId, Store, StoreError, VisitorId,
    chunk_size::ChunkSize,
    pools::{Lane, Writer},
    rows::HIDDEN_BY_ERASURE,
    session_rows,
    session_tx::Committed,
};

/// How long one transaction may hold the session's lock, which its presses wait for: about as long as they take anyway.
const LONGEST: Duration = Duration::from_millis(5);
/// How many entries one transaction adds. With fewer, commits would take most of the time.
const ROWS: RangeInclusive<usize> = 500..=4_000;
/// How many entries one statement adds: each has three parameters, and SQLite allows 32,766.
const ROWS_A_STATEMENT: usize = 1_000;
/// How many presses are read and sorted at once: 2 MiB of memory.
const BACKLOG: u64 = 65_536;
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
    /// `StoreError::Database` if the database fails; what was added until then stays, and is added again the next time, which
    /// changes nothing.
    pub async fn index_visitors(&self, session: SessionId) -> Result<(), StoreError> {
        // Without pauses: where many people press, it would fall behind them. Presses that wait get the lock between two
        // transactions.
        let mut size = ChunkSize::new(LONGEST, ROWS);
        while let Some(backlog) = self
            .read(async |tx| Backlog::read(tx, session).await)
            .await?
        {
            let mut left = backlog.entries.as_slice();
            loop {
                let (chunk, later) = left.split_at(size.rows().min(left.len()));
                let part = Part {
                    entries: chunk.to_vec(),
                    read_at: backlog.read_at,
                    indexed_to: later.is_empty().then_some(backlog.until),
                };
                let added = self.write_chunk(Lane::Requests, &mut size, |writer| async move {
                    part.add(&writer, session).await?;
                    Ok(Committed::without_news(()))
                });
                match added.await {
                    Ok(_) if later.is_empty() => break,
                    Ok(_) => left = later,
                    Err(error) if error.is_gone() => return Ok(()),
                    Err(error) => return Err(error),
                }
            }
            if backlog.is_all {
                return Ok(());
            }
        }
        Ok(())
    }

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

/// Presses of a session that are not in the index yet.
struct Backlog {
    /// Visitors and their timestamps, in the order of the index.
    entries: Vec<(Uuid, Uuid)>,
    /// The revision up to which these are all.
    until: i64,
    /// The revision of the session when they were read.
    read_at: i64,
    /// Whether there are no later ones.
    is_all: bool,
}

impl Backlog {
    /// The oldest of them; `None` if the session is fully indexed, or gone.
    async fn read(
        tx: &DatabaseTransaction,
        session: SessionId,
    ) -> Result<Option<Self>, StoreError> {
        let Some(row) = session_rows::find_existing(tx, session).await? else {
            return Ok(None);
        };
        if row.visitors_indexed >= row.revision {
            return Ok(None);
        }
        let hidden_by = timestamp::Column::HiddenBy;
        let rows: Vec<(Uuid, Uuid, i64)> = timestamp::Entity::find()
            .select_only()
            .column(timestamp::Column::VisitorId)
            .column(timestamp::Column::Id)
            .column(timestamp::Column::Revision)
            .filter(timestamp::Column::SessionId.eq(session.0))
            .filter(timestamp::Column::Revision.gt(row.visitors_indexed))
            // Those whose visitor was erased belong to nobody.
            .filter(hidden_by.is_null().or(hidden_by.ne(HIDDEN_BY_ERASURE)))
            .order_by_asc(timestamp::Column::Revision)
            .limit(BACKLOG)
            .into_tuple()
            .all(tx)
            .await?;
        let is_all = (rows.len() as u64) < BACKLOG;
        let last = rows.last().map(|(_, _, revision)| *revision);
        let until = last.filter(|_| !is_all).unwrap_or(row.revision);
        let entries = rows.into_iter().map(|(visitor, id, _)| (visitor, id));
        let mut entries: Vec<_> = entries.collect();
        entries.sort_unstable();
        Ok(Some(Self {
            entries,
            until,
            read_at: row.revision,
            is_all,
        }))
    }
}

/// Entries that are added in one transaction.
struct Part {
    entries: Vec<(Uuid, Uuid)>,
    /// The revision of the session when they were read.
    read_at: i64,
    /// The revision up to which the session is indexed with them, if they are the last ones of their backlog.
    indexed_to: Option<i64>,
}

impl Part {
    /// Adds them under the session's lock, except those that belong to nobody any more: a visitor who was erased meanwhile
    /// does not reappear. Adding one again changes nothing.
    async fn add(self, writer: &Writer, session: SessionId) -> Result<(), StoreError> {
        let (tx, _) = writer.session(session).await?;
        let erased: Vec<Uuid> = timestamp::Entity::find()
            .select_only()
            .column(timestamp::Column::Id)
            .filter(timestamp::Column::SessionId.eq(session.0))
            .filter(timestamp::Column::HiddenBy.eq(HIDDEN_BY_ERASURE))
            .filter(timestamp::Column::Revision.gt(self.read_at))
            .into_tuple()
            .all(&tx)
            .await?;
        let erased: HashSet<Uuid> = erased.into_iter().collect();
        let entries = self.entries.into_iter();
        let entries: Vec<_> = entries.filter(|(_, id)| !erased.contains(id)).collect();
        for entries in entries.chunks(ROWS_A_STATEMENT) {
            let rows = entries.iter().map(|(visitor, id)| {
                visitor_timestamp::Model {
                    visitor_id: *visitor,
                    session_id: session.0,
                    timestamp_id: *id,
                }
                .into_active_model()
            });
            visitor_timestamp::Entity::insert_many(rows)
                .on_conflict_do_nothing()
                .exec_without_returning(&tx)
                .await?;
        }
        if let Some(indexed_to) = self.indexed_to {
            session::Entity::update_many()
                .col_expr(session::Column::VisitorsIndexed, Expr::value(indexed_to))
                .filter(session::Column::Id.eq(session.0))
                .exec(&tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }
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
