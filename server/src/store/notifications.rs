//! Change notifications of other processes over the same database: which sessions have changed. They may be lost,
//! duplicated or late.

use sea_orm::sqlx::postgres::PgListener;
use uuid::Uuid;

use super::{SessionId, Store, StoreError, dialect};

/// A connection that receives them.
pub struct Notifications(PgListener);

impl Store {
    /// Starts to listen, on a connection that is kept; `None` if no other process can share the database.
    ///
    /// # Errors
    /// `StoreError::Database` if there is no connection, or it can't listen.
    pub async fn notifications(&self) -> Result<Option<Notifications>, StoreError> {
        Ok(dialect::listen(self.reader()).await?.map(Notifications))
    }
}

impl Notifications {
    /// The sessions of the next notification.
    ///
    /// # Errors
    /// `StoreError::Database` if the connection is lost.
    pub async fn next(&mut self) -> Result<Vec<SessionId>, StoreError> {
        let notification = self.0.recv().await.map_err(dialect::lost)?;
        // Anything else on the channel is not ours.
        let names = notification.payload().split(' ');
        let ids = names.filter_map(|name| name.parse::<Uuid>().ok());
        Ok(ids.map(SessionId).collect())
    }
}
