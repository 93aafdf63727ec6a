//! The state that a session's pump and its subscribers share: the ring, the heartbeat, who is here, the reason for ending,
//! and the waiting tasks.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    task::Waker,
};

use app::domain::{
    change::StreamEnd,
    revision::{Epoch, Revision},
    role::Audience,
};
use bytes::Bytes;
use slab::Slab;

use super::{
    Watching,
    ring::{BuiltFrame, Next, Ring},
    wake::Wake,
};
use crate::{
    metrics::Audiences,
    store::{Newest, SessionId},
};

/// The channel of one session.
pub(super) struct Channel {
    pub(super) session: SessionId,
    /// The history of the database that its frames and cursors belong to. Once there is another one, its streams end, and
    /// whatever it has published until then tells pages to take everything anew.
    pub(super) epoch: Epoch,
    /// Something was committed.
    pub(super) wake: Wake,
    /// What the session's newest revision was when the channel was opened. Its frames begin before that, with what the first
    /// subscriber has missed.
    latest: Revision,
    /// How many of the session's links were revoked when the pump last read.
    revoked_links: AtomicI64,
    shared: Mutex<Shared>,
}

struct Shared {
    ring: Ring,
    /// The number of heartbeats, and the newest one.
    heartbeat: (u64, Bytes),
    /// Who is here, for staff only, and how often that has changed; no event while none of them watches.
    presence: (u64, Option<Bytes>),
    /// How often the rights of staff have changed.
    rights: u64,
    end: Option<StreamEnd>,
    /// The tasks of viewers' streams to wake, and those of the staff's.
    waiting_public: Waiting,
    waiting_staff: Waiting,
}

/// Tasks to wake, by slot. A slot's waker is set again for every frame; a list would keep the wakers of closed streams.
type Waiting = Slab<Option<Waker>>;

impl Shared {
    fn waiting_mut(&mut self, audience: Audience) -> &mut Waiting {
        match audience {
            Audience::Public => &mut self.waiting_public,
            Audience::Staff => &mut self.waiting_staff,
        }
    }

    /// The newest heartbeat, if it is not the one that was heard last.
    fn heartbeat_after(&self, heard: &mut u64) -> Option<Bytes> {
        let (number, heartbeat) = &self.heartbeat;
        let is_news = std::mem::replace(heard, *number) != *number;
        is_news.then(|| heartbeat.clone())
    }

    /// The number of subscribers of each audience.
    fn audiences(&self) -> Audiences {
        Audiences {
            public: self.waiting_public.len(),
            staff: self.waiting_staff.len(),
        }
    }
}

/// Takes the wakers out.
fn wakers(waiting: &mut Waiting) -> impl Iterator<Item = Waker> {
    waiting.iter_mut().filter_map(|(_, waker)| waker.take())
}

impl Channel {
    /// A channel whose first frame begins after `first`, of a session that is at `latest`.
    pub(super) fn new(session: SessionId, epoch: Epoch, first: Revision, latest: Newest) -> Self {
        let shared = Shared {
            ring: Ring::new(first),
            heartbeat: (0, Bytes::new()),
            presence: (0, None),
            rights: 0,
            end: None,
            waiting_public: Slab::new(),
            waiting_staff: Slab::new(),
        };
        Self {
            session,
            epoch,
            latest: latest.revision,
            wake: Wake::default(),
            revoked_links: AtomicI64::new(latest.revoked_links),
            shared: Mutex::new(shared),
        }
    }

    /// The revision after the newest frame.
    pub(super) fn newest(&self) -> Revision {
        self.shared().ring.newest()
    }

    /// The newest revision of the session that is known here.
    pub(super) fn latest(&self) -> Revision {
        self.newest().max(self.latest)
    }

    /// How far its pump has read.
    pub(super) fn position(&self) -> Newest {
        Newest {
            revision: self.newest(),
            revoked_links: self.revoked_links.load(Ordering::Relaxed),
        }
    }

    /// The number of subscribers.
    pub(super) fn subscribers(&self) -> usize {
        let Audiences { public, staff } = self.audiences();
        public + staff
    }

    /// The number of subscribers of each audience.
    pub(super) fn audiences(&self) -> Audiences {
        self.shared().audiences()
    }

    /// The bytes of the recent frames that are kept.
    pub(super) fn kept_bytes(&self) -> usize {
        self.shared().ring.bytes()
    }

    /// Whether all streams are ending.
    pub(super) fn is_over(&self) -> bool {
        self.shared().end.is_some()
    }

    /// Passes a frame to every subscriber.
    pub(super) fn publish(&self, frame: BuiltFrame) {
        self.notify(|shared| shared.ring.push(frame));
    }

    /// Passes the clock to every subscriber: one timer for all of them.
    pub(super) fn heartbeat(&self, tick: Bytes) {
        self.notify(|shared| shared.heartbeat = (shared.heartbeat.0 + 1, tick));
    }

    /// Tells the staff who is here, unless they know it already; `None` if none of them watches. Viewers' streams neither get
    /// it nor are woken.
    pub(super) fn tell_presence(&self, event: Option<Bytes>) {
        let wakers: Vec<_> = {
            let mut shared = self.shared();
            if shared.presence.1 == event {
                return;
            }
            shared.presence = (shared.presence.0 + 1, event);
            wakers(&mut shared.waiting_staff).collect()
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Ends every staff stream if links were revoked: its page has to ask again whether it may watch. Viewers may in any
    /// case.
    pub(super) fn close_revoked(&self, links: i64) {
        if self.revoked_links.fetch_max(links, Ordering::Relaxed) >= links {
            return;
        }
        self.notify(|shared| shared.rights += 1);
    }

    /// Ends every stream, after the frames that were published.
    pub(super) fn close(&self, end: StreamEnd) {
        self.notify(|shared| shared.end = Some(end));
    }

    fn notify(&self, news: impl FnOnce(&mut Shared)) {
        let wakers = {
            let mut shared = self.shared();
            news(&mut shared);
            let Shared {
                waiting_public,
                waiting_staff,
                ..
            } = &mut *shared;
            wakers(waiting_public)
                .chain(wakers(waiting_staff))
                .collect::<Vec<_>>()
        };
        // Outside of the lock, which each of them takes next.
        for waker in wakers {
            waker.wake();
        }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One subscriber's place in a channel, which counts as watched for as long as this lives.
pub(super) struct Reader {
    pub(super) channel: Arc<Channel>,
    watching: Watching,
    cursor: Revision,
    /// The value of `Shared::rights` when it joined.
    rights: u64,
    /// The last heartbeat that it has read.
    heard: u64,
    /// The value of `Shared::presence` that it has read.
    presence: u64,
    slot: usize,
}

/// The result of a read.
pub(super) enum Read {
    /// The next event.
    Event(Bytes),
    /// What comes next has dropped out of the ring: read it from the store.
    Behind,
    /// The stream ends.
    Over(StreamEnd),
    /// Nothing yet; the task will be woken.
    Later,
}

impl Reader {
    /// A reader that is up to date.
    pub(super) fn join(channel: &Arc<Channel>, watching: Watching) -> Self {
        let mut shared = channel.shared();
        Self {
            watching,
            cursor: shared.ring.newest(),
            rights: shared.rights,
            heard: shared.heartbeat.0,
            presence: 0,
            slot: shared.waiting_mut(watching.audience).insert(None),
            channel: channel.clone(),
        }
    }

    pub(super) fn audience(&self) -> Audience {
        self.watching.audience
    }

    pub(super) fn cursor(&self) -> Revision {
        self.cursor
    }

    /// Sets its cursor: it has read up to here.
    pub(super) fn move_to(&mut self, cursor: Revision) {
        self.cursor = cursor;
    }

    /// What comes next, for a task with this waker. Called by every subscriber for every frame: one short lock, no timer,
    /// no allocation.
    pub(super) fn read(&mut self, waker: &Waker) -> Read {
        let mut shared = self.channel.shared();
        if self.has_other_rights(&shared) {
            return Read::Over(StreamEnd::RightsChanged);
        }
        let next = shared.ring.after(self.cursor, self.watching);
        if let Next::Frame(bytes, cursor) = next {
            self.cursor = cursor;
            self.heard = shared.heartbeat.0;
            return Read::Event(bytes);
        }
        if let Some(end) = shared.end {
            return Read::Over(end);
        }
        if let Next::Behind = next {
            return Read::Behind;
        }
        if let Some(heartbeat) = shared.heartbeat_after(&mut self.heard) {
            return Read::Event(heartbeat);
        }
        if self.audience() == Audience::Staff && self.presence != shared.presence.0 {
            self.presence = shared.presence.0;
            if let Some(event) = &shared.presence.1 {
                return Read::Event(event.clone());
            }
        }
        self.wait(&mut shared, waker);
        Read::Later
    }

    /// What is to be told meanwhile to a stream that reads from the store, or waits for its turn: why it ends, and the heartbeat.
    pub(super) fn read_meanwhile(&mut self, waker: &Waker) -> Read {
        let mut shared = self.channel.shared();
        if self.has_other_rights(&shared) {
            return Read::Over(StreamEnd::RightsChanged);
        }
        if let Some(end) = shared.end {
            return Read::Over(end);
        }
        if let Some(heartbeat) = shared.heartbeat_after(&mut self.heard) {
            return Read::Event(heartbeat);
        }
        self.wait(&mut shared, waker);
        Read::Later
    }

    /// Whether the rights of staff have changed since it joined: its page has to ask again whether it may watch.
    fn has_other_rights(&self, shared: &Shared) -> bool {
        self.audience() == Audience::Staff && self.rights != shared.rights
    }

    /// Has this task woken by the next news.
    fn wait(&self, shared: &mut Shared, waker: &Waker) {
        match shared.waiting_mut(self.audience()).get_mut(self.slot) {
            Some(Some(known)) => known.clone_from(waker),
            Some(empty) => *empty = Some(waker.clone()),
            None => {}
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let is_last = {
            let mut shared = self.channel.shared();
            let audience = self.audience();
            shared.waiting_mut(audience).try_remove(self.slot);
            shared.waiting_public.is_empty() && shared.waiting_staff.is_empty()
        };
        if is_last {
            // So that the pump ends.
            self.channel.wake.notify_untimed();
        }
    }
}
