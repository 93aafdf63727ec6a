//! Brings the database to what this program knows, and tells its epoch.

use app::domain::revision::Epoch;
use entity::installation;
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, sea_query::Expr,
};

use super::{Store, StoreError, dialect};
use crate::world;

/// The id of the one row in `installation`.
const THE_ROW: i32 = 1;

/// Migrates in one transaction, so that of several processes that start together one does it, and a migration that
/// fails leaves nothing half done.
pub(super) async fn migrate(writer: &DatabaseConnection) -> Result<Epoch, StoreError> {
    let tx = dialect::begin_write(writer).await?;
    dialect::lock_schema(&tx).await?;
    let known: Vec<_> = Migrator::migrations()
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect();
    let applied = Migrator::get_migration_models(&tx).await?;
    if let Some(newer) = applied
        .into_iter()
        .find(|row| !known.contains(&row.version))
    {
        return Err(StoreError::Newer {
            migration: newer.version,
        });
    }
    Migrator::up(&tx, None).await?;
    let epoch = match installation::Entity::find_by_id(THE_ROW).one(&tx).await? {
        Some(row) => row.epoch,
        None => {
            let epoch = random_epoch();
            let row = installation::ActiveModel {
                id: Set(THE_ROW),
                epoch: Set(epoch),
            };
            installation::Entity::insert(row).exec(&tx).await?;
            epoch
        }
    };
    tx.commit().await?;
    Ok(Epoch(epoch.cast_unsigned()))
}

impl Store {
    /// Begins another history: pages that know the one before take everything anew. Servers that run keep theirs until
    /// they are started again.
    ///
    /// # Errors
    /// `StoreError::Database` where the database can't.
    pub async fn begin_epoch(&self) -> Result<(), StoreError> {
        begin_epoch(&self.pools.writer).await
    }
}

/// As `Store::begin_epoch`, on one connection.
pub(super) async fn begin_epoch(writer: &DatabaseConnection) -> Result<(), StoreError> {
    installation::Entity::update_many()
        .col_expr(installation::Column::Epoch, Expr::value(random_epoch()))
        .filter(installation::Column::Id.eq(THE_ROW))
        .exec(writer)
        .await?;
    Ok(())
}

fn random_epoch() -> i64 {
    i64::from_be_bytes(world::random_bytes())
}
