//! Brings the database to what this program knows, and tells its epoch.

use app::domain::revision::Epoch;
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};

use super::{StoreError, dialect, epoch};

/// Migrates in one transaction, so that of several processes that start together one does it, and a migration that
/// fails leaves nothing half done.
pub(super) async fn migrate(writer: &DatabaseConnection) -> Result<Epoch, StoreError> {
    let tx = dialect::begin_write(writer).await?;
    dialect::lock_schema(&tx).await?;
    if let Schema::Newer { migration } = schema(&tx).await? {
        return Err(StoreError::Newer { migration });
    }
    Migrator::up(&tx, None).await?;
    let epoch = match epoch::read(&tx).await? {
        Some(epoch) => epoch,
        None => epoch::first(&tx).await?,
    };
    tx.commit().await?;
    Ok(epoch)
}

/// The epoch of a database whose tables are those of this program; nothing is changed in it.
pub(super) async fn as_it_is(writer: &DatabaseConnection) -> Result<Epoch, StoreError> {
    match schema(writer).await? {
        Schema::Current => epoch::read(writer).await?.ok_or(StoreError::Unreadable {
            what: "history without a name",
        }),
        Schema::Behind(missing) => Err(StoreError::Older { missing }),
        Schema::Newer { migration } => Err(StoreError::Newer { migration }),
    }
}

/// How a database's tables stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schema {
    /// As this program needs them.
    Current,
    /// So many migrations are still to come: they run when the server starts.
    Behind(usize),
    /// A later version of this program has been here.
    Newer {
        /// The first migration that is unknown here.
        migration: String,
    },
}

/// How a database's tables stand.
pub(super) async fn schema(database: &impl ConnectionTrait) -> Result<Schema, DbErr> {
    let known = Migrator::migrations();
    if !dialect::has_table(database, "seaql_migrations").await? {
        return Ok(Schema::Behind(known.len()));
    }
    let applied = Migrator::get_migration_models(database).await?;
    let is_known = |version: &str| known.iter().any(|known| known.name() == version);
    Ok(match applied.iter().find(|row| !is_known(&row.version)) {
        Some(newer) => Schema::Newer {
            migration: newer.version.clone(),
        },
        None => match known.len().saturating_sub(applied.len()) {
            0 => Schema::Current,
            missing => Schema::Behind(missing),
        },
    })
}
