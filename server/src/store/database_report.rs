//! The state of a database, inspected without changing what it holds: what the operator's `doctor` asks.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use entity::session;
use sea_orm::{DatabaseConnection, DbErr, QueryOrder, QuerySelect};

use super::{
    StoreError, connect, dialect,
    error::cause,
    migrate::{self, Schema},
    session_rows,
};

/// The state of a database.
#[derive(Clone, Debug)]
pub struct DatabaseReport {
    /// The database program and its version.
    pub version: String,
    /// Its file, if it is embedded.
    pub file: Option<PathBuf>,
    /// Settings that could lose acknowledged presses.
    pub durability_problems: Vec<String>,
    /// Timeouts that connections to Postgres rely on and don't have.
    pub lost_timeouts: Vec<String>,
    /// The state of its schema.
    pub schema: Schema,
    /// Damage found in the file.
    pub damage: Vec<String>,
    /// Why it can't be written.
    pub unwritable: Option<String>,
    /// Its own clock, if it has one.
    pub time: Option<DateTime<Utc>>,
    /// When a session last changed.
    pub newest: Option<DateTime<Utc>>,
}

impl DatabaseReport {
    /// Inspects the database that a URL names.
    ///
    /// # Errors
    /// One line for the operator, if it can't be opened or read at all.
    pub async fn of(url: &str) -> Result<Self, StoreError> {
        connect::with(url, async |database| {
            let report = Self::inspect(url, &database.writer).await;
            report.map_err(|source| StoreError::Unopenable {
                name: database.name.clone(),
                source,
            })
        })
        .await
    }

    async fn inspect(url: &str, writer: &DatabaseConnection) -> Result<Self, DbErr> {
        let schema = migrate::schema(writer).await?;
        let file = connect::embedded_file(url).and_then(Result::ok);
        let lost_timeouts = match file {
            Some(_) => Vec::new(),
            None => connect::lost_timeouts(writer).await?,
        };
        let is_readable = schema == Schema::Current;
        let newest = if is_readable {
            newest(writer).await?
        } else {
            None
        };
        Ok(Self {
            version: dialect::version(writer).await?,
            file: file.map(Into::into),
            durability_problems: dialect::durability_problems(writer).await?,
            lost_timeouts,
            schema,
            damage: dialect::damage(writer).await?,
            unwritable: try_writing(writer).await.err().map(|error| cause(&error)),
            time: dialect::time(writer).await?,
            newest,
        })
    }
}

async fn newest(writer: &DatabaseConnection) -> Result<Option<DateTime<Utc>>, DbErr> {
    session_rows::including_deleted()
        .select_only()
        .column(session::Column::UpdatedAt)
        .order_by_desc(session::Column::UpdatedAt)
        .limit(1)
        .into_tuple()
        .one(writer)
        .await
}

/// Creates a table in a transaction, and rolls it back.
async fn try_writing(writer: &DatabaseConnection) -> Result<(), DbErr> {
    use sea_orm::ConnectionTrait;
    let tx = dialect::begin_write(writer).await?;
    tx.execute_unprepared("CREATE TABLE clips_doctor (tried INTEGER)")
        .await?;
    tx.rollback().await
}
