//! Brings the database to what this program knows, and tells its epoch.

use app::domain::revision::Epoch;
use entity::installation;
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait,
    QueryFilter, sea_query::Expr,
};

use super::{StoreError, connect, dialect};
use crate::world;

/// The id of the one row in `installation`.
const THE_ROW: i32 = 1;

/// Migrates in one transaction, so that of several processes that start together one does it, and a migration that
/// fails leaves nothing half done.
pub(super) async fn migrate(writer: &DatabaseConnection) -> Result<Epoch, StoreError> {
    let tx = dialect::begin_write(writer).await?;
    dialect::lock_schema(&tx).await?;
    if let Schema::Newer { migration } = schema(&tx).await? {
        return Err(StoreError::Newer { migration });
    }
    Migrator::up(&tx, None).await?;
    let epoch = match epoch(&tx).await? {
        Some(epoch) => epoch,
        None => {
            let epoch = random_epoch();
            let row = installation::ActiveModel {
                id: Set(THE_ROW),
                epoch: Set(epoch),
            };
            installation::Entity::insert(row).exec(&tx).await?;
            Epoch(epoch.cast_unsigned())
        }
    };
    tx.commit().await?;
    Ok(epoch)
}

/// The epoch of a database whose tables are those of this program; nothing is changed in it.
pub(super) async fn as_it_is(writer: &DatabaseConnection) -> Result<Epoch, StoreError> {
    match schema(writer).await? {
        Schema::Current => epoch(writer).await?.ok_or(StoreError::Unreadable {
            what: "history without a name",
        }),
        Schema::Behind(missing) => Err(StoreError::Older { missing }),
        Schema::Newer { migration } => Err(StoreError::Newer { migration }),
    }
}

async fn epoch(database: &impl ConnectionTrait) -> Result<Option<Epoch>, DbErr> {
    let row = installation::Entity::find_by_id(THE_ROW);
    let row = row.one(database).await?;
    Ok(row.map(|row| Epoch(row.epoch.cast_unsigned())))
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

/// Begins another history in the database that `url` names: pages that know the one before take everything anew. Servers
/// that run keep theirs until they are started again. Its tables may be those of an earlier version.
///
/// # Errors
/// One line for the operator, where the database can't be opened, or was never served.
pub async fn new_epoch(url: &str) -> Result<(), StoreError> {
    connect::with(url, async |database| {
        let writer = &database.writer;
        if !dialect::has_table(writer, "installation").await? {
            let missing = Migrator::migrations().len();
            return Err(StoreError::Older { missing });
        }
        begin_epoch(writer).await
    })
    .await
}

/// As `new_epoch`, on one connection.
pub(super) async fn begin_epoch(writer: &DatabaseConnection) -> Result<(), StoreError> {
    let begun = installation::Entity::update_many()
        .col_expr(installation::Column::Epoch, Expr::value(random_epoch()))
        .filter(installation::Column::Id.eq(THE_ROW))
        .exec(writer)
        .await?;
    match begun.rows_affected {
        0 => Err(StoreError::Unreadable {
            what: "history without a name",
        }),
        _ => Ok(()),
    }
}

fn random_epoch() -> i64 {
    i64::from_be_bytes(world::random_bytes())
}
