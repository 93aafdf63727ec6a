//! Brings the database to what this program knows, and tells its epoch.

use app::domain::revision::Epoch;
use entity::installation;
use migration::{Migrator, MigratorTrait};
use sea_orm::{ActiveValue::Set, DatabaseConnection, EntityTrait};

use super::{StoreError, dialect};
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
            let epoch = i64::from_be_bytes(world::random_bytes());
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
