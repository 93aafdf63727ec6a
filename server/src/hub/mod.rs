//! The live hub: one pump per session, whose frames all of its subscribers share.

mod channel;
mod frame;
mod frame_content;
mod frame_interval;
mod notifications;
mod poll;
mod presence;
mod pump;
mod ring;
mod settings;
mod stream_limits;
mod subscriber;
mod wake;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use app::{
    domain::{
        change::{Frames, StreamEnd, Tick},
        revision::{Cursor, Epoch, Revision},
        role::Audience,
    },
    service::ServiceError,
};
use bytes::Bytes;
use futures::Stream;
use quick_cache::sync::Cache;
use tokio::sync::{Mutex as AsyncMutex, Semaphore};

use crate::{
    byte_budget::ByteBudget,
    clock::Clock,
    limit_exceeded::LimitExceeded,
    metrics::{Audiences, Metrics},
    moments::Moments,
    security::principal::RateLimitKeys,
    store::{SessionId, Store, StoreError},
    supervised::supervise_once,
    task::Task,
};
use channel::{Channel, Reader};
use frame_interval::frame_interval;
use presence::Boards;
pub use settings::Settings;
use stream_limits::StreamLimits;
pub use stream_limits::StreamPermit;
use subscriber::{MAX_CATCH_UP, Subscriber};

/// What a subscriber watches.
#[derive(Clone, Copy, Debug)]
pub struct Watching {
    /// The audience it belongs to.
    pub audience: Audience,
    /// The kind of frames it receives.
    pub frames: Frames,
}

/// The progress of a session and its live frames.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The newest revision that is known, which may not have been sent yet; `None` while nobody watches.
    pub newest: Option<Revision>,
    /// The shortest interval between two frames.
    pub frame_interval: Duration,
}

/// All sessions' pumps. Cheap to clone.
#[derive(Clone)]
pub struct Hub {
    store: Store,
    moments: Moments,
    clock: Clock,
    settings: Settings,
    limits: StreamLimits,
    /// Whether notifications of other processes are being received.
    is_listening: Arc<AtomicBool>,
    open: Arc<Mutex<Open>>,
    /// Who is here.
    boards: Boards,
    /// How many streams may read from the store at the same time what the ring does not hold any more.
    catching_up: Arc<Semaphore>,
    /// What such streams may hold in memory together, from before it is read until their clients have taken it.
    unsent: ByteBudget,
    /// Held while checking whether a session exists: a crowd that reconnects queries it once.
    opening: Arc<Cache<SessionId, Arc<AsyncMutex<()>>>>,
}

/// How many streams catch up at the same time: fewer than the connections that read an embedded database. A frame that is taken
/// back leaves all of those behind that have not read it yet, and they must not keep the pages' queries waiting.
const CATCHING_UP: usize = 3;
/// How many sessions' locks are kept while they are opened.
const OPENING_LOCKS: usize = 4_096;

/// The watched sessions.
#[derive(Default)]
struct Open {
    channels: HashMap<SessionId, Arc<Channel>>,
    closed: bool,
}

impl Open {
    fn wake(&self, session: SessionId) {
        if let Some(channel) = self.channels.get(&session) {
            channel.wake.notify();
        }
    }

    /// Removes this channel, but not another one of the same session.
    fn remove(&mut self, channel: &Arc<Channel>) {
        let known = self.channels.get(&channel.session);
        if known.is_some_and(|known| Arc::ptr_eq(known, channel)) {
            self.channels.remove(&channel.session);
        }
    }
}

impl Hub {
    /// A hub without subscribers, with the default settings.
    pub fn new(store: Store, clock: Clock) -> Self {
        let moments = Moments::new(store.clone(), clock.clone());
        Self::with(store, moments, clock, Settings::default())
    }

    /// A hub without subscribers.
    pub fn with(store: Store, moments: Moments, clock: Clock, settings: Settings) -> Self {
        let open = Arc::<Mutex<Open>>::default();
        let woken = Arc::downgrade(&open);
        store.on_commit(move |session| {
            if let Some(open) = woken.upgrade() {
                lock(&open).wake(session);
            }
        });
        Self {
            store,
            moments,
            clock,
            settings,
            limits: StreamLimits::default(),
            is_listening: Arc::default(),
            open,
            boards: Boards::new(),
            catching_up: Arc::new(Semaphore::new(CATCHING_UP)),
            unsent: ByteBudget::new(settings.unsent_bytes),
            opening: Arc::new(Cache::new(OPENING_LOCKS)),
        }
    }

    /// Tells the session's pump that something was committed. Never carries rows: pumps read from their own cursors.
    pub fn wake(&self, session: SessionId) {
        self.open().wake(session);
    }

    /// Ends every stream and refuses new ones, because the server is stopping.
    pub fn close(&self) {
        self.open().closed = true;
        self.close_sessions();
    }

    /// Ends every stream; clients that reconnect are told what they need.
    fn close_sessions(&self) {
        for (_, channel) in self.open().channels.drain() {
            channel.close(StreamEnd::Restart);
        }
    }

    /// A permit for one live stream, counted by these keys.
    ///
    /// # Errors
    /// `LimitExceeded` if there are too many.
    pub fn acquire_stream(
        &self,
        session: SessionId,
        keys: RateLimitKeys,
    ) -> Result<StreamPermit, LimitExceeded> {
        let taken = self.limits.take(&self.settings, session, keys);
        taken.inspect_err(|exceeded| self.store.metrics().live.refused(*exceeded))
    }

    /// The stream of one subscriber, which has read up to `after`. A page without a cursor is told to take a snapshot.
    ///
    /// # Errors
    /// `ServiceError::NotFound` if the session is gone; `StoreError` if its newest revision can't be read.
    pub async fn subscribe(
        &self,
        session: SessionId,
        watching: Watching,
        after: Option<Cursor>,
    ) -> Result<impl Stream<Item = Bytes> + Send + use<>, StoreError> {
        let reader = self.join(session, watching, after).await?;
        let after = match (&reader, after) {
            (Some(reader), Some(after)) if after.revision > reader.channel.newest() => {
                self.not_ahead(session, after).await?
            }
            (_, after) => after,
        };
        Ok(Subscriber::new(self.clone(), reader, after))
    }

    /// A cursor ahead of the pump is accepted, because the pump may only be late. One ahead of the database is dropped: the
    /// database was reset while nobody watched. A cursor sent by a page never starts a new epoch, because anybody can send
    /// any cursor.
    async fn not_ahead(
        &self,
        session: SessionId,
        after: Cursor,
    ) -> Result<Option<Cursor>, StoreError> {
        let newest = self.store.newest(session).await?;
        Ok(newest.and_then(|newest| (after.revision <= newest.revision).then_some(after)))
    }

    /// The newest revision of a session that its pump knows, and how often it sends frames; for bodies that are built alongside.
    pub fn progress(&self, session: SessionId) -> Progress {
        let channel = self.open().channels.get(&session).cloned();
        Progress {
            newest: channel.as_ref().map(|channel| channel.latest()),
            frame_interval: frame_interval(channel.map_or(0, |channel| channel.subscribers())),
        }
    }

    /// The number of watched sessions.
    pub fn watched(&self) -> usize {
        self.open().channels.len()
    }

    /// The number of streams.
    pub fn streams(&self) -> usize {
        let open = self.open();
        let of_each = open.channels.values().map(|channel| channel.subscribers());
        of_each.sum()
    }

    /// The number of streams of each audience.
    pub fn audiences(&self) -> Audiences {
        let open = self.open();
        let of_each = open.channels.values().map(|channel| channel.audiences());
        of_each.fold(Audiences::default(), |all, one| Audiences {
            public: all.public + one.public,
            staff: all.staff + one.staff,
        })
    }

    /// The bytes of the recent frames that are kept, of all watched sessions.
    pub fn kept_bytes(&self) -> usize {
        let open = self.open();
        let of_each = open.channels.values().map(|channel| channel.kept_bytes());
        of_each.sum()
    }

    /// The bytes of frames that were built for one stream alone, and were not taken yet.
    pub fn unsent_bytes(&self) -> usize {
        self.unsent.held()
    }

    /// Whether notifications of other processes are being received; without them, their changes arrive with the poll.
    pub fn is_listening(&self) -> bool {
        self.is_listening.load(Ordering::Relaxed)
    }

    /// A place in the session's channel; `None` if the hub is closed, or if a new epoch began meanwhile: what was read before is
    /// of no use then.
    async fn join(
        &self,
        session: SessionId,
        watching: Watching,
        after: Option<Cursor>,
    ) -> Result<Option<Reader>, StoreError> {
        if let Some(reader) = self.join_watched(session, watching) {
            return Ok(Some(reader));
        }
        let opening = self
            .opening
            .get_or_insert_with(&session, || Ok::<_, StoreError>(Arc::default()))?;
        let _alone = opening.lock().await;
        if let Some(reader) = self.join_watched(session, watching) {
            return Ok(Some(reader));
        }
        let epoch = self.store.epoch();
        let newest = self.store.newest(session).await?;
        let mut open = self.open();
        // A new epoch is known before the channels of the last one are closed, under this lock.
        if open.closed || self.store.epoch() != epoch {
            return Ok(None);
        }
        let newest = newest.ok_or(ServiceError::NotFound)?;
        // Another subscriber may have been faster.
        let channel = open.channels.entry(session).or_insert_with(|| {
            let first = first(epoch, newest.revision, after);
            let channel = Arc::new(Channel::new(session, epoch, first, newest));
            channel.wake.notify_untimed();
            let pump = pump::run(self.clone(), channel.clone());
            self.start(channel.clone(), pump);
            channel
        });
        Ok(Some(Reader::join(channel, watching)))
    }

    fn metrics(&self) -> &Metrics {
        self.store.metrics()
    }

    /// Starts a channel's pump. If it panics, the streams end; clients that reconnect join a channel with a new pump.
    fn start(&self, channel: Arc<Channel>, pump: impl Future<Output = ()> + Send + 'static) {
        let hub = self.clone();
        supervise_once(Task::Pump, self.metrics(), pump, move || {
            hub.close_session(&channel, StreamEnd::Restart);
        });
    }

    /// A place in the channel of a session that is already watched. Runs no statement.
    fn join_watched(&self, session: SessionId, watching: Watching) -> Option<Reader> {
        // The lock is held until the place is taken, so that the pump doesn't end in between.
        let open = self.open();
        let channel = open.channels.get(&session)?;
        Some(Reader::join(channel, watching))
    }

    /// Ends the streams of this channel. Clients that reconnected have another one.
    fn close_session(&self, channel: &Arc<Channel>, end: StreamEnd) {
        self.open().remove(channel);
        channel.close(end);
    }

    /// Removes a channel that nobody watches, which ends its pump. New subscribers take the same lock first.
    fn remove_unwatched(&self, channel: &Arc<Channel>) -> bool {
        let mut open = self.open();
        let nobody = channel.subscribers() == 0;
        if nobody {
            open.remove(channel);
        }
        nobody
    }

    fn time(&self) -> Tick {
        Tick {
            now: self.clock.now(),
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        lock(&self.open)
    }
}

/// Where a new ring begins: with what its first subscriber has missed. After a restart everybody reconnects with nearly the same
/// cursor, and is served from what the pump reads once.
fn first(epoch: Epoch, latest: Revision, after: Option<Cursor>) -> Revision {
    let missed = after.filter(|after| {
        let behind = latest.0 - after.revision.0;
        after.epoch == epoch && (0..=MAX_CATCH_UP).contains(&behind)
    });
    missed.map_or(latest, |after| after.revision)
}

fn lock(open: &Mutex<Open>) -> MutexGuard<'_, Open> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
