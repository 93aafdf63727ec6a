//! Notifications of other processes over the same database: which sessions have changed, and who is there. They may be
//! lost, duplicated or late.

use std::time::Duration;

use sea_orm::sqlx::postgres::PgListener;
use tokio::time::timeout;
use uuid::Uuid;

use super::{SessionId, Store, StoreError, dialect, pools::silent};

/// A connection that receives them.
pub struct Notifications {
    listener: PgListener,
    store: Store,
    longest_silence: Duration,
}

/// What was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notification {
    /// Something was committed in these sessions.
    Committed(Vec<SessionId>),
    /// A process says who is there; this is what it passed to `Store::notify_presence`.
    Presence(String),
}

impl Store {
    /// Starts to listen, on a connection that is kept; `None` if no other process can share the database. After a silence
    /// of this length the connection is tested.
    ///
    /// # Errors
    /// `StoreError::Database` if there is no connection, or it can't listen.
    pub async fn notifications(
        &self,
        longest_silence: Duration,
    ) -> Result<Option<Notifications>, StoreError> {
        let listener = self
            .query(async |database| Ok(dialect::listen(database).await?))
            .await?;
        Ok(listener.map(|listener| Notifications {
            listener,
            store: self.clone(),
            longest_silence,
        }))
    }

    /// Tells the other processes who is here: fewer than 8,000 bytes, which is what Postgres allows. Writes no rows.
    ///
    /// # Errors
    /// `StoreError::Database` if it can't be sent.
    pub async fn notify_presence(&self, payload: String) -> Result<(), StoreError> {
        self.notify(dialect::PRESENCE_CHANNEL, payload).await
    }

    async fn notify(&self, channel: &str, payload: String) -> Result<(), StoreError> {
        self.query(async |database| Ok(dialect::send(database, channel, payload).await?))
            .await
    }
}

impl Notifications {
    /// The next notification. Where nobody sends any, this sends one to all processes that names no session, because a
    /// connection that was dropped silently, as firewalls do, looks just like one on which nothing happens.
    ///
    /// # Errors
    /// `StoreError::Database` if the connection is lost.
    pub async fn next(&mut self) -> Result<Notification, StoreError> {
        let mut is_tested = false;
        let notification = loop {
            match timeout(self.longest_silence, self.listener.recv()).await {
                Ok(received) => break received.map_err(dialect::lost)?,
                Err(_) if is_tested => return Err(silent()),
                Err(_) => {
                    is_tested = true;
                    // If it can't be sent, the silence goes on, which says the same.
                    let sent = self.store.notify(dialect::CHANNEL, String::new()).await;
                    if let Err(error) = sent {
                        tracing::debug!(%error, "the connection for notifications could not be tested");
                    }
                }
            }
        };
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
