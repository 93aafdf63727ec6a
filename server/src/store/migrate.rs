//! Migrates the database to this program's schema, and returns its epoch.

use app::domain::revision::Epoch;
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};

use super::{StoreError, dialect, epoch};

/// Migrates in one transaction: if several processes start together, one of them does it, and a failed migration leaves
/// nothing half done. A database that can only be read is refused even if there is nothing to migrate.
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
    dialect::try_writing(&tx).await?;
    tx.commit().await?;
    Ok(epoch)
}

/// The epoch of a database that has this program's schema; changes nothing.
pub(super) async fn as_it_is(writer: &DatabaseConnection) -> Result<Epoch, StoreError> {
    match schema(writer).await? {
        Schema::Current => epoch::read(writer).await?.ok_or(StoreError::NoEpoch),
        Schema::Behind(missing) => Err(StoreError::Older { missing }),
        Schema::Newer { migration } => Err(StoreError::Newer { migration }),
    }
}

/// The state of a database's schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schema {
    /// What this program needs.
    Current,
    /// This many migrations are pending: they run when the server starts.
    Behind(usize),
    /// A later version of this program has migrated it.
    Newer {
        /// The first unknown migration.
        migration: String,
    },
}

/// The state of a database's schema.
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
