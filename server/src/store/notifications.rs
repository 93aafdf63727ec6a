//! Notifications of other processes over the same database: which sessions have changed, and who is there. They may be
//! lost, duplicated or late.

use sea_orm::sqlx::postgres::PgListener;
use uuid::Uuid;

use super::{SessionId, Store, StoreError, dialect};

/// A connection that receives them.
pub struct Notifications(PgListener);

/// What was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notification {
    /// Something was committed in these sessions.
    Committed(Vec<SessionId>),
    /// A process says who is there; this is what it passed to `Store::notify_presence`.
    Presence(String),
}

impl Store {
    /// Starts to listen, on a connection that is kept; `None` if no other process can share the database.
    ///
    /// # Errors
    /// `StoreError::Database` if there is no connection, or it can't listen.
    pub async fn notifications(&self) -> Result<Option<Notifications>, StoreError> {
        Ok(dialect::listen(self.reader()).await?.map(Notifications))
    }

    /// Tells the other processes who is here: fewer than 8,000 bytes, which is what Postgres allows. Writes no rows.
    ///
    /// # Errors
    /// `StoreError::Database` if it can't be sent.
    pub async fn notify_presence(&self, payload: String) -> Result<(), StoreError> {
        self.query(async |database| {
            Ok(dialect::send(database, dialect::PRESENCE_CHANNEL, payload).await?)
        })
        .await
    }
}

impl Notifications {
    /// The next notification.
    ///
    /// # Errors
    /// `StoreError::Database` if the connection is lost.
    pub async fn next(&mut self) -> Result<Notification, StoreError> {
        let notification = self.0.recv().await.map_err(dialect::lost)?;
        let payload = notification.payload();
        if notification.channel() == dialect::PRESENCE_CHANNEL {
            return Ok(Notification::Presence(payload.to_owned()));
        }
        // Anything else on the channel is not ours.
        let ids = payload
            .split(' ')
            .filter_map(|name| name.parse::<Uuid>().ok());
        Ok(Notification::Committed(ids.map(SessionId).collect()))
    }
}
