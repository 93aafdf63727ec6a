//! The live hub: one pump a session, whose frames all of its subscribers share.

mod frame;
mod pump;
mod ring;
mod subscriber;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use app::domain::{change::Goodbye, revision::Cursor, role::Audience};
use bytes::Bytes;
use futures::Stream;
use tokio::sync::{Notify, watch};

use crate::{
    store::{SessionId, Store, StoreError},
    world::Clock,
};
use ring::Ring;

/// Every session's pump. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    store: Store,
    clock: Clock,
    open: Arc<Mutex<Open>>,
}

/// The sessions that somebody watches.
#[derive(Default)]
struct Open {
    channels: HashMap<SessionId, Arc<Channel>>,
    closed: bool,
}

/// What a session's pump and its subscribers share.
struct Channel {
    session: SessionId,
    /// Something was committed.
    wake: Notify,
    /// The recent frames.
    ring: Mutex<Ring>,
    /// Tells subscribers that the ring has grown, or why all streams end.
    news: watch::Sender<Option<Goodbye>>,
}

impl Channel {
    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hub {
    /// A hub without subscribers.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self {
            store,
            clock,
            open: Arc::default(),
        }
    }

    /// Tells the session's pump that something was committed. Never carries rows: pumps read by their own cursor.
    pub fn wake(&self, session: SessionId) {
        if let Some(channel) = self.open().channels.get(&session) {
            channel.wake.notify_one();
        }
    }

    /// Ends every stream of a session whose rights changed or that is gone.
    pub fn dismiss(&self, session: SessionId, goodbye: Goodbye) {
        if let Some(channel) = self.open().channels.remove(&session) {
            channel.news.send_replace(Some(goodbye));
        }
    }

    /// Ends every stream, and refuses new ones: the server stops.
    pub fn close(&self) {
        let mut open = self.open();
        open.closed = true;
        for (_, channel) in open.channels.drain() {
            channel.news.send_replace(Some(Goodbye::Restart));
        }
    }

    /// The stream of one subscriber, who has read up to `after`; a page without a cursor is told to take a snapshot.
    ///
    /// # Errors
    /// `StoreError` where the database can't tell how far the session is.
    pub async fn subscribe(
        &self,
        session: SessionId,
        audience: Audience,
        after: Option<Cursor>,
    ) -> Result<impl Stream<Item = Bytes> + Send + use<>, StoreError> {
        let channel = self.channel(session).await?;
        Ok(subscriber::stream(self.clone(), channel, audience, after))
    }

    /// The session's channel, with a pump that starts at the newest revision; none when the hub is closed or the session
    /// gone.
    async fn channel(&self, session: SessionId) -> Result<Option<Arc<Channel>>, StoreError> {
        if let Some(channel) = self.open().channels.get(&session) {
            return Ok(Some(channel.clone()));
        }
        let Some(latest) = pump::latest(&self.store, session).await? else {
            return Ok(None);
        };
        let mut open = self.open();
        if open.closed {
            return Ok(None);
        }
        // Another subscriber may have been quicker.
        let channel = open.channels.entry(session).or_insert_with(|| {
            let channel = Arc::new(Channel {
                session,
                wake: Notify::new(),
                ring: Mutex::new(Ring::new(latest)),
                news: watch::Sender::new(None),
            });
            tokio::spawn(pump::run(self.clone(), channel.clone()));
            channel
        });
        Ok(Some(channel.clone()))
    }

    /// Forgets a channel that nobody watches; its pump ends then. Whoever subscribes takes the same lock first.
    fn leave(&self, channel: &Arc<Channel>) -> bool {
        let mut open = self.open();
        let nobody = channel.news.receiver_count() == 0 && Arc::strong_count(channel) <= 2;
        if nobody {
            open.channels.remove(&channel.session);
        }
        nobody
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
