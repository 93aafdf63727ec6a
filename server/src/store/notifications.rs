//! Change notifications of other processes over the same database: which sessions have news. One may be lost, doubled or late.

use sea_orm::sqlx::postgres::PgListener;
use uuid::Uuid;

use super::{SessionId, Store, StoreError, dialect};

/// A connection that hears them.
pub struct Notifications(PgListener);

impl Store {
    /// Begins to listen, on a connection that is kept; `None` where no other process can share the database.
    ///
    /// # Errors
    /// `StoreError::Database` where the connection can't be had, or can't listen.
    pub async fn notifications(&self) -> Result<Option<Notifications>, StoreError> {
        Ok(dialect::listen(self.reader()).await?.map(Notifications))
    }
}

impl Notifications {
    /// The sessions of the next notification.
    ///
    /// # Errors
    /// `StoreError::Database` where the connection is lost.
    pub async fn next(&mut self) -> Result<Vec<SessionId>, StoreError> {
        let notification = self.0.recv().await.map_err(dialect::lost)?;
        // Whatever else stands on the channel is not ours.
        let names = notification.payload().split(' ');
        let ids = names.filter_map(|name| name.parse::<Uuid>().ok());
        Ok(ids.map(SessionId).collect())
    }
}
