//! How the index by visitor (`visitors.rs`) is filled, in the background after the commits.
//!
//! The presses of some seconds are read without a lock, sorted, and added in that order, a few at a time: neighbours share
//! pages, and the transactions that presses wait for stay short.

use std::{collections::HashSet, ops::RangeInclusive, time::Duration};

use entity::{session, timestamp, visitor_timestamp};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{
    SessionId, Store, StoreError,
    chunk_size::ChunkSize,
    pools::{Lane, Writer},
    rows::HIDDEN_BY_ERASURE,
    session_rows,
    session_tx::{Committed, SessionTx},
    visitors::is_behind,
};

/// How long one transaction may hold the session's lock, which its presses wait for: about as long as they take anyway.
const LONGEST: Duration = Duration::from_millis(5);
/// How many entries one transaction adds. With fewer, commits would take most of the time.
const ROWS: RangeInclusive<usize> = 500..=4_000;
/// How many entries one statement adds: each has three parameters, and SQLite allows 32,766.
const ROWS_A_STATEMENT: usize = 1_000;
/// How many presses are read and sorted at once: 2 MiB of memory.
const BACKLOG: u64 = 65_536;

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
            let mut erased = backlog.erased;
            loop {
                let (chunk, later) = left.split_at(size.rows().min(left.len()));
                let part = Part {
                    entries: chunk.to_vec(),
                    erased,
                    indexed_to: later.is_empty().then_some(backlog.until),
                };
                let added = self.write_chunk(Lane::Requests, &mut size, |writer| async move {
                    Ok(Committed::without_news(part.add(&writer, session).await?))
                });
                match added.await {
                    Ok(_) if later.is_empty() => break,
                    Ok((found, _)) => {
                        erased = found;
                        left = later;
                    }
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
}

/// Presses of a session that are not in the index yet.
struct Backlog {
    /// Visitors and their timestamps, in the order of the index.
    entries: Vec<(Uuid, Uuid)>,
    /// The revision up to which these are all.
    until: i64,
    /// Those of them that were erased since they were read: none yet.
    erased: Erased,
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
            erased: Erased {
                ids: HashSet::new(),
                known_to: row.revision,
            },
            is_all,
        }))
    }
}

/// The timestamps of a session that were erased since a backlog was read. Each transaction looks through what was written since
/// the one before it: where many people press, looking through all of it every time would take longer than adding the entries.
struct Erased {
    ids: HashSet<Uuid>,
    /// The revision of the session up to which they are known.
    known_to: i64,
}

impl Erased {
    /// Finds those that were erased up to now, under the session's lock.
    async fn catch_up(
        &mut self,
        tx: &DatabaseTransaction,
        locked: &SessionTx,
    ) -> Result<(), StoreError> {
        let ids: Vec<Uuid> = timestamp::Entity::find()
            .select_only()
            .column(timestamp::Column::Id)
            .filter(timestamp::Column::SessionId.eq(locked.id().0))
            .filter(timestamp::Column::HiddenBy.eq(HIDDEN_BY_ERASURE))
            .filter(timestamp::Column::Revision.gt(self.known_to))
            .into_tuple()
            .all(tx)
            .await?;
        self.ids.extend(ids);
        self.known_to = locked.session.revision;
        Ok(())
    }
}

/// Entries that are added in one transaction.
struct Part {
    entries: Vec<(Uuid, Uuid)>,
    /// What was erased until the transaction before.
    erased: Erased,
    /// The revision up to which the session is indexed with them, if they are the last ones of their backlog.
    indexed_to: Option<i64>,
}

impl Part {
    /// Adds them under the session's lock, except those that belong to nobody any more: a visitor who was erased meanwhile
    /// does not reappear. Adding one again changes nothing. Returns what was erased until now.
    async fn add(self, writer: &Writer, session: SessionId) -> Result<Erased, StoreError> {
        let (tx, locked) = writer.session(session).await?;
        let mut erased = self.erased;
        erased.catch_up(&tx, &locked).await?;
        let entries = self.entries.into_iter();
        let entries: Vec<_> = entries.filter(|(_, id)| !erased.ids.contains(id)).collect();
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
        Ok(erased)
    }
}
