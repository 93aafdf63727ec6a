//! Opens the pools: for an embedded file one writer, several readers and a connection for purges, or Postgres.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use futures::{
    FutureExt,
    future::{BoxFuture, ready},
};
use sea_orm::{
    ConnAcquireErr, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr,
    RuntimeErr, Statement,
    sqlx::{
        self, Connection, PgConnection, pool::PoolConnectionMetadata, postgres::PgConnectOptions,
    },
};
use tokio::time::{Instant, timeout};

use super::{StoreError, dialect};

/// How many connections read an embedded database at the same time.
const READERS: u32 = 4;
/// How many connections to Postgres one process opens for requests; the recorder has its own.
const POSTGRES_CONNECTIONS: u32 = 20;
/// How long a connection to Postgres may have been idle and still be used without a ping. If it was cut off in the
/// meantime, the request that gets it fails.
const TRUSTED: Duration = Duration::from_secs(1);
/// How long a request waits for a free connection before it is told that the server is busy: less than its caller waits.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// For how long opening an embedded database is tried. On a slow disk, or on a machine that has just started and is busy with
/// other things, the first connection may take longer than a request would wait.
const OPEN_TIMEOUT: Duration = Duration::from_secs(30);
/// How long Postgres may take to answer a ping before a connection is reused.
const PING: Duration = Duration::from_millis(500);
/// How long SQLite waits for another connection (a purge, a backup, a shell) to release the file.
const FILE_BUSY: Duration = Duration::from_secs(5);
/// The longest that Postgres may work on one statement.
const STATEMENT: Duration = Duration::from_secs(10);
/// How long Postgres keeps the locks of a client that has gone silent: a session whose writer was cut off is locked for
/// everybody else for that long. Inside a transaction, this program waits for nothing but the database.
const IDLE_IN_TRANSACTION_TIMEOUT: Duration = Duration::from_secs(4);
/// How long a statement waits for a lock. Less than `IDLE_IN_TRANSACTION_TIMEOUT`: a client that was cut off while waiting
/// for a lock must not obtain it after all, and then block the others in turn.
const LOCK_TIMEOUT: Duration = Duration::from_secs(3);
/// The settings that limit all this on Postgres. Each connection begins with them.
const TIMEOUTS: [(&str, Duration); 3] = [
    ("statement_timeout", STATEMENT),
    ("lock_timeout", LOCK_TIMEOUT),
    (
        "idle_in_transaction_session_timeout",
        IDLE_IN_TRANSACTION_TIMEOUT,
    ),
];
/// How long a connection to Postgres is used, so that a problem in one does not persist.
const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// The connections to one database, and its name in messages: never its URL, which may contain a password.
pub(super) struct Connected {
    pub(super) writer: DatabaseConnection,
    pub(super) recorder: DatabaseConnection,
    pub(super) reader: DatabaseConnection,
    pub(super) purger: DatabaseConnection,
    pub(super) name: String,
    /// The file of an embedded database.
    pub(super) file: Option<PathBuf>,
}

/// Options for opening a database.
#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    /// Whether to create an embedded database that doesn't exist.
    pub creates: bool,
    /// Whether to migrate the database of an earlier version. Servers of that version may still be using it.
    pub migrates: bool,
    /// Whether to open a database even if it could lose acknowledged presses.
    pub allows_unsafe: bool,
}

impl OpenOptions {
    /// For operator commands, which run next to a server that may be older: nothing is created or migrated. SQLite keeps a
    /// log beside the file from then on (WAL), as it does for every file that a server has opened.
    pub fn as_it_is() -> Self {
        Self {
            creates: false,
            migrates: false,
            allows_unsafe: true,
        }
    }
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            creates: true,
            migrates: true,
            allows_unsafe: false,
        }
    }
}

/// Opens the database that a URL names.
pub(super) async fn connect(url: &str, options: OpenOptions) -> Result<Connected, StoreError> {
    if let Some(path) = embedded_file(url) {
        return embedded(path?, options).await;
    }
    for scheme in ["postgres://", "postgresql://"] {
        if let Some(rest) = url.strip_prefix(scheme) {
            return postgres(&format!("postgres://{rest}")).await;
        }
    }
    Err(StoreError::UnknownKind)
}

/// Runs something on a database as it is, without looking at its schema, and closes it again.
pub(super) async fn with<T>(
    url: &str,
    act: impl AsyncFnOnce(&Connected) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let database = connect(url, OpenOptions::as_it_is()).await?;
    let done = act(&database).await;
    for pool in [
        database.reader,
        database.recorder,
        database.purger,
        database.writer,
    ] {
        pool.close().await?;
    }
    done
}

/// The file of an embedded database; `None` if the URL names another kind.
pub(super) fn embedded_file(url: &str) -> Option<Result<&Path, StoreError>> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    // Options like `?mode=rwc` are for programs that leave the mode open; ":memory:" would be a separate database for every
    // connection.
    let path = path.split('?').next().unwrap_or_default();
    if path.is_empty() || path.starts_with(':') {
        return Some(Err(StoreError::UnknownKind));
    }
    Some(Ok(Path::new(path)))
}

async fn embedded(path: &Path, options: OpenOptions) -> Result<Connected, StoreError> {
    if !options.creates && !path.exists() {
        return Err(StoreError::Missing { path: path.into() });
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder {
            path: folder.into(),
            source,
        })?;
    }
    // One writer for all who wait: SQLite has a single write lock, and waiting for a connection is fair, while waiting for
    // the lock is not. Nobody waits for a purge.
    let writer = file(path, Use::Writes).await?;
    let reader = file(path, Use::Reads).await?;
    let purger = file(path, Use::Purges).await?;
    Ok(Connected {
        recorder: writer.clone(),
        writer,
        reader,
        purger,
        name: path.display().to_string(),
        file: Some(path.into()),
    })
}

/// What the connections to a file are used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// Everything that is acknowledged. Its pool comes first, and creates the file.
    Writes,
    /// Everything that only reads.
    Reads,
    /// The rows of deleted sessions. A power cut may bring some of them back, and they are deleted again: what marks the
    /// sessions as deleted is written by the others. So no purge waits for the disk while it keeps presses waiting.
    Purges,
}

impl Use {
    fn connections(self) -> u32 {
        match self {
            Self::Reads => READERS,
            Self::Writes | Self::Purges => 1,
        }
    }

    /// FULL: an acknowledged press survives a power cut.
    fn synchronous(self) -> &'static str {
        match self {
            Self::Writes | Self::Reads => "FULL",
            Self::Purges => "NORMAL",
        }
    }

    fn query_only(self) -> &'static str {
        match self {
            Self::Reads => "ON",
            Self::Writes | Self::Purges => "OFF",
        }
    }
}

/// Opens a pool on a file.
async fn file(path: &Path, used: Use) -> Result<DatabaseConnection, StoreError> {
    let mut options = ConnectOptions::new("sqlite:");
    let file = PathBuf::from(path);
    options
        .max_connections(used.connections())
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        .map_sqlx_sqlite_before_acquire(is_clean)
        .map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .filename(&file)
                .create_if_missing(used == Use::Writes)
                .busy_timeout(FILE_BUSY)
                .foreign_keys(true)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", used.synchronous())
                .pragma("query_only", used.query_only())
        });
    let began = Instant::now();
    loop {
        match Database::connect(options.clone()).await {
            Ok(pool) => return Ok(pool),
            Err(source) if is_late(&source) && began.elapsed() < OPEN_TIMEOUT => {}
            Err(source) => {
                return Err(StoreError::Unopenable {
                    name: path.display().to_string(),
                    source,
                });
            }
        }
    }
}

/// Whether a connection was not there in time.
fn is_late(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => true,
        DbErr::Conn(RuntimeErr::SqlxError(source)) => {
            matches!(**source, sqlx::Error::PoolTimedOut)
        }
        _ => false,
    }
}

/// Whether a connection may be reused; it has just been pinged, which waits for a rollback in progress. A connection whose
/// commit failed (a full disk) or was abandoned returns to the pool inside its transaction: later transactions would be
/// savepoints in it, acknowledged and never committed. It is closed instead, and a new one opened.
fn is_clean<C: Connection>(
    connection: &mut C,
    _: PoolConnectionMetadata,
) -> BoxFuture<'_, Result<bool, sqlx::Error>> {
    let is_clean = !connection.is_in_transaction();
    if !is_clean {
        tracing::warn!("a connection was left inside a transaction, and is closed");
    }
    ready(Ok(is_clean)).boxed()
}

/// Whether a network connection may be reused. One that was cut off silently is detected within `PING`, so that the request
/// still has time to open another one.
fn is_alive(
    connection: &mut PgConnection,
    metadata: PoolConnectionMetadata,
) -> BoxFuture<'_, Result<bool, sqlx::Error>> {
    async move {
        if metadata.idle_for > TRUSTED {
            match timeout(PING, connection.ping()).await {
                Ok(answer) => answer?,
                // It is closed without notifying the other side.
                Err(_) => return Err(sqlx::Error::PoolTimedOut),
            }
        }
        is_clean(connection, metadata).await
    }
    .boxed()
}

async fn postgres(url: &str) -> Result<Connected, StoreError> {
    let name = String::from("on Postgres");
    // Parsed here, because SeaORM's own error repeats the URL, which contains the password.
    let address = url
        .parse::<PgConnectOptions>()
        .map_err(|_| StoreError::UnreadableAddress)?;
    let pools = async {
        let requests = postgres_pool(url, POSTGRES_CONNECTIONS).await?;
        let recorder = postgres_pool(url, dialect::POSTGRES_RECORDERS).await?;
        Ok((requests, recorder))
    };
    let pools = match pools.await {
        Err(late) if is_late(&late) => Err(why_late(&address).await.unwrap_or(late)),
        pools => pools,
    };
    match pools {
        Ok((requests, recorder)) => Ok(Connected {
            writer: requests.clone(),
            recorder,
            purger: requests.clone(),
            reader: requests,
            name,
            file: None,
        }),
        Err(source) => Err(StoreError::Unopenable { name, source }),
    }
}

/// Why there was no connection in time, if there still is none. A pool tries again while nobody listens, Postgres starts or
/// has no connection left, and in the end says only that it took too long.
async fn why_late(address: &PgConnectOptions) -> Option<DbErr> {
    let connected = timeout(ACQUIRE_TIMEOUT, PgConnection::connect_with(address)).await;
    let silent = |_| Err(io::Error::from(io::ErrorKind::TimedOut).into());
    let refused = connected.unwrap_or_else(silent).err()?;
    Some(DbErr::Conn(RuntimeErr::SqlxError(refused.into())))
}

async fn postgres_pool(url: &str, connections: u32) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .max_lifetime(LIFETIME)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        // The ping is in the hook, because the pool's own waits as long as there is time left to wait for a connection.
        .test_before_acquire(false)
        .map_sqlx_postgres_before_acquire(is_alive)
        .map_sqlx_postgres_opts(|postgres| {
            let timeouts = TIMEOUTS.map(|(name, timeout)| (name, timeout.as_millis()));
            postgres.application_name("clips").options(timeouts)
        });
    Database::connect(options).await
}

/// Those of `TIMEOUTS` that connections to Postgres don't have, because a pooler ignores what they begin with.
pub(super) async fn lost_timeouts(pool: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let mut lost = Vec::new();
    for (name, _) in TIMEOUTS {
        let sql = "SELECT current_setting($1) = '0' AS lost";
        let sql = Statement::from_sql_and_values(pool.get_database_backend(), sql, [name.into()]);
        let row = pool.query_one_raw(sql).await?;
        if row.map(|row| row.try_get("", "lost")).transpose()? == Some(true) {
            lost.push(name.to_owned());
        }
    }
    Ok(lost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn connections_to_postgres_that_lack_their_timeouts_are_told_from_those_that_have_them() {
        let url = std::env::var("TEST_POSTGRES_URL").expect("`make test` sets it");
        let ours = postgres_pool(&url, 1).await.unwrap();
        assert_eq!(lost_timeouts(&ours).await.unwrap(), [""; 0]);
        // As through a pooler that ignores them.
        let others = Database::connect(&url).await.unwrap();
        let all = TIMEOUTS.map(|(name, _)| name);
        assert_eq!(lost_timeouts(&others).await.unwrap(), all);
    }

    #[tokio::test]
    async fn nothing_but_purges_can_be_undone_by_a_power_cut() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("clips.sqlite").display());
        let connected = connect(&url, OpenOptions::default()).await.unwrap();
        let mut levels = Vec::new();
        for pool in [&connected.writer, &connected.recorder, &connected.purger] {
            let asked = Statement::from_string(pool.get_database_backend(), "PRAGMA synchronous");
            let row = pool.query_one_raw(asked).await.unwrap().unwrap();
            levels.push(row.try_get_by_index::<i32>(0).unwrap());
        }
        let [full, normal] = [2, 1];
        assert_eq!(levels, [full, full, normal]);
    }
}
