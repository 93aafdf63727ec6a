//! SQL dialects: the only file that asks which database it is.

use std::collections::BTreeMap;

use app::domain::timestamp::TimestampId;
use chrono::{DateTime, Utc};
use entity::{segment, timestamp};
use sea_orm::{
    AccessMode, ColumnTrait, Condition, ConnectionTrait, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, EntityTrait, ExprTrait, IsolationLevel, QueryFilter, RuntimeErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, Value,
    sea_query::ArrayType,
    sqlx::{
        self,
        postgres::{PgListener, PgPoolOptions},
    },
};
use uuid::Uuid;

use super::{SessionId, StoreError};
use crate::metrics::Pool;

#[cfg(test)]
pub(super) mod plans;
mod retries;
mod segment_queries;
#[cfg(test)]
mod tests;

pub(super) use retries::{is_lock_timeout, is_retryable};

/// The channel on which processes over one Postgres database notify each other of changed sessions.
pub(super) const CHANNEL: &str = "clips";
/// The channel on which they tell each other who is here. Processes of earlier versions don't listen to it.
pub(super) const PRESENCE_CHANNEL: &str = "clips_presence";
/// How many sessions one notification names: Postgres allows 8,000 bytes.
const LARGEST_NOTIFICATION: usize = 200;

/// Begins a write transaction. On SQLite it takes the single write lock immediately (IMMEDIATE): a deferred transaction
/// would read first, and then fail if another one has written in between.
pub(super) async fn begin_write(writer: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    writer
        .begin_with_options(TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        })
        .await
}

/// Writes nothing, with a statement that needs the right to write. SQLite begins a transaction for writing also on a file
/// that can only be read, and Postgres on a standby.
pub(super) async fn try_writing(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    let nothing = "UPDATE installation SET epoch = epoch WHERE 1 = 0";
    tx.execute_unprepared(nothing).await.map(drop)
}

/// How many transactions record at the same time on Postgres, each on its own connection: see `bench/README.md`.
pub(super) const POSTGRES_RECORDERS: u32 = 4;

/// How many transactions can usefully record at the same time. SQLite has a single write lock.
pub(super) fn recorders(recorder: &DatabaseConnection) -> usize {
    match recorder.get_database_backend() {
        DbBackend::Postgres => POSTGRES_RECORDERS as usize,
        _ => 1,
    }
}

/// Whether writers lock single rows, and not the whole database.
pub(super) fn has_row_locks(database: &DatabaseConnection) -> bool {
    // On SQLite, BEGIN IMMEDIATE locks the whole file.
    matches!(database.get_database_backend(), DbBackend::Postgres)
}

/// Begins a read transaction with a consistent snapshot.
pub(super) async fn begin_read(reader: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = match reader.get_database_backend() {
        DbBackend::Postgres => TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            sqlite_transaction_mode: None,
        },
        // With the write-ahead log, a deferred transaction is a consistent snapshot; SeaORM warns if more is requested.
        _ => TransactionOptions::default(),
    };
    reader.begin_with_options(options).await
}

/// A number that changes when another connection to an embedded database commits, as of the beginning of this transaction.
/// It can only be compared with what the same connection read before. None on Postgres.
pub(super) async fn version_of_data(tx: &DatabaseTransaction) -> Result<Option<i64>, DbErr> {
    match tx.get_database_backend() {
        DbBackend::Postgres => Ok(None),
        backend => {
            let sql = Statement::from_string(backend, "PRAGMA data_version");
            let row = tx.query_one_raw(sql).await?;
            row.map(|row| row.try_get("", "data_version")).transpose()
        }
    }
}

/// Lets SQLite refresh the statistics of all tables (0x10000) that have grown (0x02), from a few thousand entries of each
/// index (0x10): without that limit it would hold its only write lock for as long as it takes to read them from end to end.
/// Postgres does so on its own.
pub(super) async fn optimize(writer: &DatabaseConnection) -> Result<(), DbErr> {
    match writer.get_database_backend() {
        DbBackend::Postgres => Ok(()),
        _ => {
            writer
                .execute_unprepared("PRAGMA optimize = 0x10012")
                .await?;
            Ok(())
        }
    }
}

/// Lets one process at a time migrate. The lock belongs to the transaction: a session-level lock would be taken on one
/// connection of the pool and released on another.
pub(super) async fn lock_schema(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    match tx.get_database_backend() {
        DbBackend::Postgres => {
            // Waiting for another process or for a long migration must not count as a stuck statement.
            tx.execute_unprepared("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
                .await?;
            tx.execute_unprepared("SELECT pg_advisory_xact_lock(7161092314558301)")
                .await?;
            Ok(())
        }
        // BEGIN IMMEDIATE is the lock.
        _ => Ok(()),
    }
}

/// Those of these timestamps that exist, each identified by its session and its id.
pub(super) async fn timestamps(
    tx: &DatabaseTransaction,
    named: &[(SessionId, TimestampId)],
) -> Result<Vec<timestamp::Model>, DbErr> {
    match tx.get_database_backend() {
        DbBackend::Postgres => {
            let statement = timestamps_by_key(named);
            let found = timestamp::Entity::find().from_raw_sql(statement);
            found.all(tx).await
        }
        _ => {
            let mut of_session: BTreeMap<_, Vec<_>> = BTreeMap::new();
            for (session, id) in named {
                of_session.entry(session.0).or_default().push(id.0);
            }
            let any = of_session.into_iter().map(|(session, ids)| {
                let of_session = timestamp::Column::SessionId.eq(session);
                of_session.and(timestamp::Column::Id.is_in(ids))
            });
            let any = any.fold(Condition::any(), Condition::add);
            timestamp::Entity::find().filter(any).all(tx).await
        }
    }
}

/// The same for Postgres, one by one through the primary key, which OFFSET 0 enforces: in a young database without statistics,
/// Postgres would rather read the whole session through another index and compare each row with every id. Arrays, so that the
/// statement is the same for every batch, and parsed once.
fn timestamps_by_key(named: &[(SessionId, TimestampId)]) -> Statement {
    let sql = r#"SELECT "found".* FROM unnest($1::uuid[], $2::uuid[]) AS "named" ("session_id", "id")
        CROSS JOIN LATERAL (
            SELECT * FROM "timestamp"
            WHERE "session_id" = "named"."session_id" AND "id" = "named"."id" OFFSET 0
        ) AS "found""#;
    let (sessions, ids) = named.iter().map(|(session, id)| (session.0, id.0)).unzip();
    Statement::from_sql_and_values(DbBackend::Postgres, sql, [uuids(sessions), uuids(ids)])
}

/// The last segment of each of these sessions that has one: one index lookup per session, however many segments there are.
pub(super) async fn last_segments(
    db: &impl ConnectionTrait,
    sessions: Vec<Uuid>,
) -> Result<Vec<segment::Model>, DbErr> {
    let backend = db.get_database_backend();
    let statement = match backend {
        DbBackend::Postgres => {
            let sql = r#"SELECT "last".* FROM unnest($1::uuid[]) AS "named" ("session_id")
                CROSS JOIN LATERAL (
                    SELECT * FROM "segment" WHERE "session_id" = "named"."session_id" ORDER BY "index" DESC LIMIT 1
                ) AS "last""#;
            Statement::from_sql_and_values(backend, sql, [uuids(sessions)])
        }
        _ => {
            // CROSS JOIN keeps SQLite from starting with the segments.
            let named = vec!["?"; sessions.len()].join(", ");
            let sql = format!(
                r#"SELECT "last".* FROM "session" CROSS JOIN "segment" AS "last"
                ON "last"."session_id" = "session"."id" AND "last"."index" =
                    (SELECT max("index") FROM "segment" WHERE "session_id" = "session"."id")
                WHERE "session"."id" IN ({named})"#
            );
            let values = sessions.into_iter().map(Value::from);
            Statement::from_sql_and_values(backend, sql, values)
        }
    };
    segment::Entity::find()
        .from_raw_sql(statement)
        .all(db)
        .await
}

/// The last timestamps of the segments that match: segment by segment, the last one first, and in reverse list order, at most
/// `limit`. One statement that reads one range of an index per segment, and stops when it has enough.
pub(super) async fn last_of_segments(
    tx: &DatabaseTransaction,
    segments: Condition,
    which: Condition,
    limit: u64,
) -> Result<Vec<timestamp::Model>, DbErr> {
    let backend = tx.get_database_backend();
    let query = match backend {
        DbBackend::Postgres => segment_queries::by_lateral_join(segments, which, limit),
        _ => segment_queries::by_nested_loops(segments, which, limit),
    };
    timestamp::Entity::find()
        .from_raw_sql(backend.build(&query))
        .all(tx)
        .await
}

fn uuids(uuids: Vec<Uuid>) -> Value {
    let uuids = uuids.into_iter().map(Value::from).collect();
    Value::Array(ArrayType::Uuid, Some(Box::new(uuids)))
}

/// Notifies the other processes that these sessions have changed, once the transaction is committed. Called once per
/// transaction, as its last statement, because commits that notify wait for each other from here on. An embedded database
/// has only one server process.
pub(super) async fn notify(tx: &DatabaseTransaction, sessions: &[SessionId]) -> Result<(), DbErr> {
    for sessions in sessions.chunks(LARGEST_NOTIFICATION) {
        let names = sessions.iter().map(|id| id.0.simple().to_string());
        send(tx, CHANNEL, names.collect::<Vec<_>>().join(" ")).await?;
    }
    Ok(())
}

/// Sends a notification to all processes, including this one; an embedded database has no other.
pub(super) async fn send(
    db: &impl ConnectionTrait,
    channel: &str,
    payload: String,
) -> Result<(), DbErr> {
    let backend @ DbBackend::Postgres = db.get_database_backend() else {
        return Ok(());
    };
    let values = [channel.into(), payload.into()];
    let statement = Statement::from_sql_and_values(backend, "SELECT pg_notify($1, $2)", values);
    db.execute_raw(statement).await?;
    Ok(())
}

/// Listens to what is sent on both channels, on a connection of its own; `None` if there is only one process.
pub(super) async fn listen(reader: &DatabaseConnection) -> Result<Option<PgListener>, DbErr> {
    let DbBackend::Postgres = reader.get_database_backend() else {
        return Ok(None);
    };
    // A pool of its own: a connection that is dead would keep its place in the other one, and delay its closing.
    let options = reader.get_postgres_connection_pool().connect_options();
    let one = PgPoolOptions::new().max_connections(1);
    let pool = one.connect_lazy_with(options.as_ref().clone());
    let mut listener = PgListener::connect_with(&pool).await.map_err(lost)?;
    let channels = [CHANNEL, PRESENCE_CHANNEL];
    let heard = listener.listen_all(channels).await;
    heard.map_err(lost).map(|()| Some(listener))
}

/// An error of the listening connection.
pub(super) fn lost(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}

/// The first version of SQLite that can't damage a file when it restarts the write-ahead log.
const SAFE_SQLITE: [u32; 3] = [3, 51, 3];

/// Settings of this database that could lose an acknowledged press; usually none.
pub(super) async fn durability_problems(writer: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    match writer.get_database_backend() {
        DbBackend::Postgres => {
            let off = "SELECT name AS told FROM pg_settings WHERE setting = 'off' \
                       AND name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name";
            let names = texts(writer, off).await?.into_iter();
            Ok(names.map(|name| name + "=off").collect())
        }
        _ => {
            let mut old = texts(writer, "SELECT sqlite_version() AS told").await?;
            old.retain(|version| !is_safe_sqlite(version));
            let told = |version: String| format!("SQLite {version} is older than 3.51.3");
            Ok(old.into_iter().map(told).collect())
        }
    }
}

/// How many connections a pool has open, and how many of them are idle.
pub(super) fn connections(pool: &DatabaseConnection) -> (usize, usize) {
    let (open, idle) = match pool.get_database_backend() {
        DbBackend::Postgres => {
            let pool = pool.get_postgres_connection_pool();
            (pool.size(), pool.num_idle())
        }
        _ => {
            let pool = pool.get_sqlite_connection_pool();
            (pool.size(), pool.num_idle())
        }
    };
    (open as usize, idle)
}

/// The distinct pools.
pub(super) fn pools(writer: &DatabaseConnection) -> [Pool; 2] {
    match writer.get_database_backend() {
        DbBackend::Postgres => [Pool::Writer, Pool::Recorder],
        _ => [Pool::Writer, Pool::Reader],
    }
}

/// The database program and its version.
pub(super) async fn version(writer: &DatabaseConnection) -> Result<String, DbErr> {
    let (name, sql) = match writer.get_database_backend() {
        DbBackend::Postgres => (
            "Postgres",
            "SELECT current_setting('server_version') AS told",
        ),
        _ => ("SQLite", "SELECT sqlite_version() AS told"),
    };
    let told = texts(writer, sql).await?;
    Ok(format!("{name} {}", told.join(" ")))
}

/// Damage in an embedded database, in SQLite's own words; Postgres checks its pages when it reads them.
pub(super) async fn damage(writer: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    match writer.get_database_backend() {
        DbBackend::Postgres => Ok(Vec::new()),
        _ => {
            let mut found =
                texts(writer, "SELECT quick_check AS told FROM pragma_quick_check").await?;
            found.retain(|words| words != "ok");
            Ok(found)
        }
    }
}

/// The clock of a database that has its own.
pub(super) async fn time(writer: &DatabaseConnection) -> Result<Option<DateTime<Utc>>, DbErr> {
    match writer.get_database_backend() {
        backend @ DbBackend::Postgres => {
            let sql = Statement::from_string(backend, "SELECT clock_timestamp() AS told");
            let row = writer.query_one_raw(sql).await?;
            row.map(|row| row.try_get("", "told")).transpose()
        }
        _ => Ok(None),
    }
}

/// Whether there is a table of this name.
pub(super) async fn has_table(database: &impl ConnectionTrait, name: &str) -> Result<bool, DbErr> {
    let backend = database.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => {
            "SELECT 1 FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) AND tablename = $1"
        }
        _ => "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1",
    };
    let sql = Statement::from_sql_and_values(backend, sql, [name.into()]);
    Ok(database.query_one_raw(sql).await?.is_some())
}

async fn texts(writer: &DatabaseConnection, sql: &str) -> Result<Vec<String>, DbErr> {
    let sql = Statement::from_string(writer.get_database_backend(), sql);
    let rows = writer.query_all_raw(sql).await?;
    rows.iter().map(|row| row.try_get("", "told")).collect()
}

fn is_safe_sqlite(version: &str) -> bool {
    let numbers: Result<Vec<u32>, _> = version.split('.').map(str::parse).collect();
    numbers.is_ok_and(|numbers| numbers.as_slice() >= SAFE_SQLITE.as_slice())
}

/// Writes a consistent copy of the whole database to a new file while others write.
pub(super) async fn copy_into(writer: &DatabaseConnection, file: &str) -> Result<(), StoreError> {
    match writer.get_database_backend() {
        DbBackend::Postgres => Err(StoreError::NotEmbedded),
        backend => {
            let copy = Statement::from_sql_and_values(backend, "VACUUM INTO ?", [file.into()]);
            writer.execute_raw(copy).await?;
            Ok(())
        }
    }
}
