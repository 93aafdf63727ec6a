//! The connection pools, and the only ways to them: whatever reads or writes gets its connections, its deadline and, where
//! it writes, a task of its own and the waking of those who wait for news.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr};
use tokio::time::timeout;

use super::{
    SessionId, Store, StoreError, dialect,
    session_tx::{Committed, SessionTx},
};
use crate::metrics::{Begins, Metrics, Pool};

/// The longest that a piece of work on the database takes until it is given up: more than Postgres works on one statement.
/// A database that vanished without a word (a cut wire, a frozen machine) would else be waited for until TCP gives up, a
/// quarter of an hour later.
pub const DB_TIMEOUT: Duration = Duration::from_secs(15);

/// The same for a batch of presses, which takes milliseconds: the presses behind it must not wait for a connection that is
/// dead while the database is back.
const BATCH_TIMEOUT: Duration = Duration::from_secs(4);

/// The connections to one database.
pub(super) struct Pools {
    /// Of requests that write. On an embedded database there is one writer, which all lanes share.
    writer: DatabaseConnection,
    /// Of the recorder. Requests that fill their own pool keep no press from being recorded.
    recorder: DatabaseConnection,
    /// Of what reads. On Postgres it is the writers' one.
    reader: DatabaseConnection,
    listeners: RwLock<Vec<Listener>>,
}

/// Who hears of a commit.
type Listener = Arc<dyn Fn(SessionId) + Send + Sync>;

impl Pools {
    pub(super) fn new(
        writer: DatabaseConnection,
        recorder: DatabaseConnection,
        reader: DatabaseConnection,
    ) -> Self {
        Self {
            writer,
            recorder,
            reader,
            listeners: RwLock::default(),
        }
    }

    /// Closes them, after the last write.
    pub(super) async fn close(&self) {
        for pool in [&self.reader, &self.recorder, &self.writer] {
            if let Err(error) = pool.close_by_ref().await {
                tracing::warn!(%error, "a database pool did not close cleanly");
            }
        }
    }

    /// Each of them, with how many connections it has open, and how many of these are idle.
    pub(super) fn connections(&self) -> Vec<(Pool, usize, usize)> {
        let counted = dialect::pools(&self.writer).into_iter().map(|pool| {
            let (open, idle) = dialect::connections(match pool {
                Pool::Writer => &self.writer,
                Pool::Recorder => &self.recorder,
                Pool::Reader => &self.reader,
            });
            (pool, open, idle)
        });
        counted.collect()
    }

    /// How many transactions can usefully record at the same time.
    pub(super) fn recorders(&self) -> usize {
        dialect::recorders(&self.recorder)
    }
}

/// For whom something is written: it says on which connections, and how long that may take.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lane {
    /// For the recorder.
    Presses,
    /// For everybody else.
    Requests,
}

/// What a write works with.
pub(super) struct Writer {
    pool: DatabaseConnection,
    begins: Begins,
    metrics: Metrics,
}

impl Writer {
    /// Begins a transaction.
    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let begin = dialect::begin_write(&self.pool);
        self.metrics.database.begun(self.begins, begin).await
    }

    /// Looks at the statistics, which is no matter of a transaction.
    pub(super) async fn optimize(&self) -> Result<(), DbErr> {
        dialect::optimize(&self.pool).await
    }

    /// Begins a transaction with one session under its lock.
    ///
    /// # Errors
    /// `ServiceError::NotFound` where the session is gone.
    pub(super) async fn session(
        &self,
        id: SessionId,
    ) -> Result<(DatabaseTransaction, SessionTx), StoreError> {
        SessionTx::begin(self.begin().await?, id).await
    }
}

impl Store {
    /// Lets somebody hear of every session that has news, as soon as they are committed in this process. It must not wait.
    pub fn on_commit(&self, listener: impl Fn(SessionId) + Send + Sync + 'static) {
        let listeners = self.pools.listeners.write();
        let mut listeners = listeners.unwrap_or_else(PoisonError::into_inner);
        listeners.push(Arc::new(listener));
    }

    /// Reads everything as it stands at one moment.
    ///
    /// # Errors
    /// Those of the work, and one that passes where it takes longer than `DB_TIMEOUT`.
    pub(super) async fn read<T>(
        &self,
        work: impl AsyncFnOnce(&DatabaseTransaction) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        with_timeout(DB_TIMEOUT, async {
            let begin = dialect::begin_read(&self.pools.reader);
            let tx = self.metrics.database.begun(Begins::Reads, begin).await?;
            let answer = work(&tx).await?;
            tx.commit().await?;
            Ok(answer)
        })
        .await
    }

    /// Reads with one statement, which needs no transaction.
    ///
    /// # Errors
    /// As `read`.
    pub(super) async fn query<T>(
        &self,
        statement: impl AsyncFnOnce(&DatabaseConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        with_timeout(DB_TIMEOUT, statement(&self.pools.reader)).await
    }

    /// Writes, in a task of its own: a caller that hangs up cancels no transaction half-way, and no waking after it.
    ///
    /// # Errors
    /// Those of the work, and one that passes where it takes too long: whether it was done is then not known.
    pub(super) async fn write<T, F>(
        &self,
        lane: Lane,
        work: impl FnOnce(Writer) -> F,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Future<Output = Result<Committed<T>, StoreError>> + Send + 'static,
    {
        let (pool, longest, begins) = match lane {
            Lane::Presses => (&self.pools.recorder, BATCH_TIMEOUT, Begins::Presses),
            Lane::Requests => (&self.pools.writer, DB_TIMEOUT, Begins::Requests),
        };
        let writer = Writer {
            pool: pool.clone(),
            begins,
            metrics: self.metrics.clone(),
        };
        let (work, store) = (work(writer), self.clone());
        let task = tokio::spawn(async move {
            let Committed { answer, news } = with_timeout(longest, work).await?;
            store.notify_listeners(&news);
            Ok(answer)
        });
        task.await
            .unwrap_or_else(|failure| Err(StoreError::Interrupted(failure)))
    }

    /// Wakes whoever waits for news. Never carries rows: those who are woken read by their own cursors, since handlers that
    /// hand on rows after their commits overtake each other.
    fn notify_listeners(&self, news: &[SessionId]) {
        let listeners = self.pools.listeners.read();
        let listeners = listeners.unwrap_or_else(PoisonError::into_inner).clone();
        for session in news {
            listeners.iter().for_each(|hears| hears(*session));
        }
    }

    /// For what is about the connections themselves.
    pub(super) fn reader(&self) -> &DatabaseConnection {
        &self.pools.reader
    }
}

/// Does a piece of work, or gives it up.
async fn with_timeout<T>(
    longest: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    timeout(longest, work).await.unwrap_or_else(|_| {
        let words = "the database said nothing for too long";
        Err(DbErr::Conn(RuntimeErr::Internal(words.into())).into())
    })
}
