//! The connection pools, and the only ways to use them. Every read and write gets its connections and its timeout here;
//! writes also get their own task, and wake the listeners after the commit.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use app::service::ServiceError;
use entity::session;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr, Select};
use tokio::time::{Instant, timeout};

use super::{
    SessionId, Store, StoreError,
    chunk_size::ChunkSize,
    dialect, session_rows,
    session_tx::{Committed, SessionTx},
};
use crate::metrics::{Begins, Metrics, Pool};

/// The longest that database work may take before it is abandoned: more than Postgres works on one statement. Without it, a
/// database that vanished silently (a cut cable, a frozen machine) would be waited for until TCP gives up, a quarter of an
/// hour later.
pub const DB_TIMEOUT: Duration = Duration::from_secs(15);

/// The same for a batch of presses, which takes milliseconds: the presses behind it must not wait for a dead connection
/// when the database is already back.
const BATCH_TIMEOUT: Duration = Duration::from_secs(4);

/// The connections to one database.
pub(super) struct Pools {
    /// For requests that write. An embedded database has a single writer, which all lanes but the purges share.
    writer: DatabaseConnection,
    /// For the recorder. Requests that exhaust their own pool keep no press from being recorded.
    recorder: DatabaseConnection,
    /// For reads. On Postgres it is the writers' pool.
    reader: DatabaseConnection,
    /// For the rows of deleted sessions, written without waiting for the disk. On Postgres it is the writers' pool.
    purger: DatabaseConnection,
    listeners: RwLock<Vec<Listener>>,
    /// When presses were last recorded here.
    last_presses: Mutex<Option<Instant>>,
}

/// Called after a commit.
type Listener = Arc<dyn Fn(SessionId) + Send + Sync>;

impl Pools {
    pub(super) fn new(
        writer: DatabaseConnection,
        recorder: DatabaseConnection,
        reader: DatabaseConnection,
        purger: DatabaseConnection,
    ) -> Self {
        Self {
            writer,
            recorder,
            reader,
            purger,
            listeners: RwLock::default(),
            last_presses: Mutex::default(),
        }
    }

    /// Closes them, after the last write.
    pub(super) async fn close(&self) {
        for pool in [&self.reader, &self.recorder, &self.purger, &self.writer] {
            if let Err(error) = pool.close_by_ref().await {
                tracing::warn!(%error, "a database pool did not close cleanly");
            }
        }
    }

    /// Each pool, with the number of its open connections, and how many of them are idle.
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

/// Who writes, which determines the connections and the timeout.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lane {
    /// For the recorder.
    Presses,
    /// For everything else.
    Requests,
    /// For the rows of deleted sessions: what a power cut undoes is done again.
    Purges,
}

/// The connection of a write.
pub(super) struct Writer {
    pool: DatabaseConnection,
    begins: Begins,
    metrics: Metrics,
    /// When the transaction got the lock that others wait for.
    locked_at: Arc<Mutex<Option<Instant>>>,
}

impl Writer {
    /// Begins a transaction.
    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let begin = dialect::begin_write(&self.pool);
        let tx = self.metrics.database.begun(self.begins, begin).await?;
        self.is_locked();
        Ok(tx)
    }

    /// Refreshes the statistics, which needs no transaction.
    pub(super) async fn optimize(&self) -> Result<(), DbErr> {
        dialect::optimize(&self.pool).await
    }

    /// Begins a transaction with one session under its lock.
    ///
    /// # Errors
    /// `ServiceError::NotFound` if the session is gone.
    pub(super) async fn session(
        &self,
        id: SessionId,
    ) -> Result<(DatabaseTransaction, SessionTx), StoreError> {
        self.session_among(session_rows::existing(), id).await
    }

    /// As `session`, also for a session in the trash: for what must be gone from it if it is restored.
    ///
    /// # Errors
    /// As `session`.
    pub(super) async fn kept_session(
        &self,
        id: SessionId,
    ) -> Result<(DatabaseTransaction, SessionTx), StoreError> {
        self.session_among(session_rows::kept(), id).await
    }

    async fn session_among(
        &self,
        among: Select<session::Entity>,
        id: SessionId,
    ) -> Result<(DatabaseTransaction, SessionTx), StoreError> {
        let tx = self.begin().await?;
        let locked = SessionTx::lock_rows(&tx, among, [id]).await?;
        if dialect::has_row_locks(&self.pool) {
            // Until now, it was this transaction that waited.
            self.is_locked();
        }
        let session = SessionTx::read_locked(&tx, locked).await?.remove(&id);
        Ok((tx, session.ok_or(ServiceError::NotFound)?))
    }

    fn is_locked(&self) {
        *lock(&self.locked_at) = Some(Instant::now());
    }
}

/// How long a transaction waited for its lock, and let others wait for it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LockTimes {
    /// How long it waited for SQLite's only write lock, which shows that somebody else is writing. Zero on Postgres: there,
    /// a transaction begins without a lock, and how long that takes shows only how far away the database is.
    pub(super) waited_for_lock: Duration,
    /// How long it held its lock: from the moment it had SQLite's write lock, or the lock of its session's row on Postgres,
    /// to the end of the commit.
    pub(super) held: Duration,
}

impl Store {
    /// Registers a listener for changes of sessions, called right after each commit in this process. It must not block.
    pub fn on_commit(&self, listener: impl Fn(SessionId) + Send + Sync + 'static) {
        let listeners = self.pools.listeners.write();
        let mut listeners = listeners.unwrap_or_else(PoisonError::into_inner);
        listeners.push(Arc::new(listener));
    }

    /// Reads consistently, in one transaction.
    ///
    /// # Errors
    /// Those of the work, and a retryable one if it takes longer than `DB_TIMEOUT`.
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

    /// Writes, in its own task: a caller that hangs up cancels no transaction half-way, and no wake-up after it.
    ///
    /// # Errors
    /// Those of the work, and a retryable one if it takes too long: it is then unknown whether it was done.
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
            Lane::Presses => {
                *lock(&self.pools.last_presses) = Some(Instant::now());
                (&self.pools.recorder, BATCH_TIMEOUT, Begins::Presses)
            }
            Lane::Requests => (&self.pools.writer, DB_TIMEOUT, Begins::Requests),
            Lane::Purges => (&self.pools.purger, DB_TIMEOUT, Begins::Requests),
        };
        let writer = Writer {
            pool: pool.clone(),
            begins,
            metrics: self.metrics.clone(),
            locked_at: Arc::default(),
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

    /// Runs one of the transactions that long work is cut into. It should take as many rows as `size` says, which adapts to
    /// how long the transaction held its locks.
    ///
    /// # Errors
    /// As `write`.
    pub(super) async fn write_chunk<T, F>(
        &self,
        lane: Lane,
        size: &mut ChunkSize,
        work: impl FnOnce(Writer) -> F,
    ) -> Result<(T, LockTimes), StoreError>
    where
        T: Send + 'static,
        F: Future<Output = Result<Committed<T>, StoreError>> + Send + 'static,
    {
        let has_row_locks = dialect::has_row_locks(&self.pools.writer);
        let answer = self.write(lane, |writer| {
            let locked_at = writer.locked_at.clone();
            let work = work(writer);
            async move {
                let asked = Instant::now();
                let Committed { answer, news } = work.await?;
                // Read here, right after the commit: on a busy machine the caller may be scheduled much later.
                let locked_at = lock(&locked_at).unwrap_or(asked);
                let times = LockTimes {
                    waited_for_lock: if has_row_locks {
                        Duration::ZERO
                    } else {
                        locked_at - asked
                    },
                    held: locked_at.elapsed(),
                };
                let answer = (answer, times);
                Ok(Committed { answer, news })
            }
        });
        let (answer, times) = answer.await?;
        size.adapt(times.held);
        Ok((answer, times))
    }

    /// Whether presses were recorded in this process within this time.
    pub(super) fn has_presses_within(&self, time: Duration) -> bool {
        lock(&self.pools.last_presses).is_some_and(|last| last.elapsed() <= time)
    }

    /// Wakes the listeners. Never carries rows: they read from their own cursors, because handlers that pass on rows after
    /// their commits may overtake each other.
    fn notify_listeners(&self, news: &[SessionId]) {
        let listeners = self.pools.listeners.read();
        let listeners = listeners.unwrap_or_else(PoisonError::into_inner).clone();
        for session in news {
            listeners.iter().for_each(|hears| hears(*session));
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs the work, or abandons it after the timeout.
pub(crate) async fn with_timeout<T>(
    longest: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    timeout(longest, work)
        .await
        .unwrap_or_else(|_| Err(silent()))
}

/// The retryable error of a database that does not answer.
pub(super) fn silent() -> StoreError {
    let words = "the database said nothing for too long";
    DbErr::Conn(RuntimeErr::Internal(words.into())).into()
}
