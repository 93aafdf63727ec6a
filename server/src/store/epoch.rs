//! The epoch: which history of the database this is. Pages with another epoch load everything again.

use std::sync::atomic::Ordering;

use app::domain::revision::Epoch;
use entity::installation;
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    QueryFilter, sea_query::Expr,
};

use super::{Store, StoreError, connect, dialect, pools::Lane, session_tx::Committed};
use crate::random;

/// The id of the one row in `installation`.
const SINGLETON_ID: i32 = 1;

impl Store {
    /// Which history of the database this is.
    pub fn epoch(&self) -> Epoch {
        Epoch(self.epoch.load(Ordering::Relaxed))
    }

    /// Adopts the epoch that another process or the operator has set. Returns whether there is a new one.
    ///
    /// # Errors
    /// `StoreError::Database` if it can't be read.
    pub async fn adopt_epoch(&self) -> Result<bool, StoreError> {
        let known = self.epoch();
        let told = self
            .query(async |database| Ok(read(database).await?))
            .await?;
        let epoch = told.unwrap_or(known);
        self.epoch.store(epoch.0, Ordering::Relaxed);
        Ok(epoch != known)
    }

    /// Sets a new epoch, unless another process already has: for a database that has fallen back behind what pages have
    /// seen, as after a failover.
    ///
    /// # Errors
    /// `StoreError::Database` if the database fails.
    pub async fn renew_epoch(&self) -> Result<(), StoreError> {
        let known = self.epoch();
        let epoch = self
            .write(Lane::Requests, |writer| async move {
                let tx = writer.begin().await?;
                // One statement, so that of several servers that notice at once, the first one sets the epoch.
                installation::Entity::update_many()
                    .col_expr(installation::Column::Epoch, Expr::value(random()))
                    .filter(installation::Column::Id.eq(SINGLETON_ID))
                    .filter(installation::Column::Epoch.eq(known.0.cast_signed()))
                    .exec(&tx)
                    .await?;
                let epoch = read(&tx).await?.unwrap_or(known);
                tx.commit().await?;
                Ok(Committed::without_news(epoch))
            })
            .await?;
        self.epoch.store(epoch.0, Ordering::Relaxed);
        Ok(())
    }
}

/// The epoch of a database; `None` if it was never served.
pub(super) async fn read(database: &impl ConnectionTrait) -> Result<Option<Epoch>, DbErr> {
    let row = installation::Entity::find_by_id(SINGLETON_ID);
    let row = row.one(database).await?;
    Ok(row.map(|row| Epoch(row.epoch.cast_unsigned())))
}

/// Writes the first epoch.
pub(super) async fn first(tx: &DatabaseTransaction) -> Result<Epoch, DbErr> {
    let epoch = random();
    let row = installation::ActiveModel {
        id: Set(SINGLETON_ID),
        epoch: Set(epoch),
    };
    installation::Entity::insert(row).exec(tx).await?;
    Ok(Epoch(epoch.cast_unsigned()))
}

/// Sets a new epoch in the database that `url` names. Running servers adopt it within a second. Its schema may be that of
/// an earlier version.
///
/// # Errors
/// One line for the operator, if the database can't be opened or was never served.
pub async fn new_epoch(url: &str) -> Result<(), StoreError> {
    connect::with(url, async |database| {
        let writer = &database.writer;
        if !dialect::has_table(writer, "installation").await? {
            let missing = Migrator::migrations().len();
            return Err(StoreError::Older { missing });
        }
        begin(writer).await
    })
    .await
}

/// As `new_epoch`, on one connection.
pub(super) async fn begin(database: &impl ConnectionTrait) -> Result<(), StoreError> {
    let begun = installation::Entity::update_many()
        .col_expr(installation::Column::Epoch, Expr::value(random()))
        .filter(installation::Column::Id.eq(SINGLETON_ID))
        .exec(database)
        .await?;
    match begun.rows_affected {
        0 => Err(StoreError::NoEpoch),
        _ => Ok(()),
    }
}

fn random() -> i64 {
    i64::from_be_bytes(random::bytes())
}
