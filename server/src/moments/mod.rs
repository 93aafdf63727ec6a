//! The moments of the sessions that somebody looks at, kept in memory: read from all presses once, then updated from what
//! changed.
//!
//! Every process computes them for itself, from the same rows and with the same integers. Only which moments exist has to be
//! agreed on: each is a row (`store/moments.rs`), written by the process that sees it first.

mod cache;
mod derive;
mod edits;
mod joins;
mod sharp;
mod shown;
mod tracked;
mod weights;

use std::{sync::Arc, time::Duration};

use app::{
    domain::{
        highlights::Highlights,
        moments::weight::Weight,
        revision::{Epoch, Revision},
        role::Audience,
        snapshot::Snapshot,
    },
    service::ServiceError,
};
use tokio::{sync::Semaphore, time::timeout};

pub use self::shown::Shown;
use self::{
    cache::{Kept, KeptSessions, Known},
    derive::{Locked, SHARPENERS},
    tracked::Tracked,
    weights::Weights,
};
use crate::{
    clock::Clock,
    security::client_network::ClientNetwork,
    store::{CrowdRows, MomentUpdate, SessionId, Store, StoreError, VisitorId},
    supervised::supervise_once,
    task::Task,
};

/// How many sessions may be loaded from their first press at the same time.
const LOADERS: usize = 2;
/// How long pages and frames wait for moments whose presses are being read for the first time, and pages for new moments to be
/// written, before they are sent without, and how long somebody who joins one waits: a million presses take many seconds. Less
/// than the router's deadline.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// How often a file looks for moments that are new until they are written.
const LOOKS_FOR_FILE: u32 = 3;

/// The moments of every session. Cheap to clone.
#[derive(Clone)]
pub struct Moments(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    kept: KeptSessions,
    loaders: Semaphore,
    sharpeners: Semaphore,
    weights: Weights,
}

/// A session's moments, or nothing if its presses could not be read in time.
pub struct Look(Option<Arc<Shown>>);

impl Look {
    /// Everything that an audience is shown.
    pub fn all(&self, audience: Audience) -> Highlights {
        self.told(|shown| shown.all(audience))
    }

    /// What an audience is told that knows what was shown at a revision.
    pub fn after(&self, revision: Revision, audience: Audience) -> Highlights {
        self.told(|shown| shown.after(revision, audience))
    }

    /// Whether the session is still being read.
    pub fn is_pending(&self) -> bool {
        self.0.is_none()
    }

    fn told(&self, tell: impl FnOnce(&Shown) -> Highlights) -> Highlights {
        self.0.as_deref().map_or_else(Highlights::pending, tell)
    }
}

/// Whether moments that are new are waited for: one is shown once its row is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum New {
    /// They are. Nobody may tell this reader of them later.
    Awaited,
    /// They are not: the next frame has them.
    Follow,
}

impl Moments {
    /// An empty cache.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            store,
            clock,
            kept: KeptSessions::default(),
            loaders: Semaphore::new(LOADERS),
            sharpeners: Semaphore::new(SHARPENERS),
            weights: Weights::default(),
        }))
    }

    /// How much a visitor counts who presses in a session, in 1/256. It is decided by their first press there.
    pub async fn weigh(
        &self,
        session: SessionId,
        visitor: VisitorId,
        network: ClientNetwork,
    ) -> u16 {
        let weights = &self.0.weights;
        let weight = weights.of(session, visitor, async {
            let weight = weights.of_new(session, network, self.0.clock.now());
            // Whoever pressed at another process, or before this one was started, is not new. The lowest weight that a
            // visitor was ever given counts for all of their presses, so it would lower moments of hours ago. A few of one
            // network count whole anyway: only a crowd is looked up.
            if weight == Weight::WHOLE {
                return Ok(weight);
            }
            let stored = self.0.store.weight_of(session, visitor).await?;
            Ok(stored.map_or(weight, |stored| {
                weights.was_not_new(session, network);
                Weight::new(stored)
            }))
        });
        let weight = weight.await.unwrap_or_else(|error: StoreError| {
            // No press fails for that, and none may lower what is stored.
            tracing::warn!(%error, "a visitor's weight could not be read");
            Weight::WHOLE
        });
        weight.parts()
    }

    /// Forgets the client networks that new visitors came from more than a minute ago.
    pub fn forget_networks(&self) {
        self.0.weights.forget_networks(self.0.clock.now());
    }

    /// What a session shows at this revision or a later one; nothing if it is gone.
    ///
    /// # Errors
    /// `StoreError::Database` where the database can't tell.
    pub async fn at(
        &self,
        session: SessionId,
        revision: Revision,
    ) -> Result<Arc<Shown>, StoreError> {
        let kept = self.0.kept.get_or_new(session);
        self.known_at(session, &kept, revision, New::Follow).await
    }

    /// What a session shows now, however long it takes to read its presses. For files, which nothing follows: moments that are new
    /// are missing only where they can't be written.
    ///
    /// # Errors
    /// `ServiceError::NotFound` if the session is gone, and as `at`.
    pub async fn for_file(&self, session: SessionId) -> Result<Arc<Shown>, StoreError> {
        let newest = self.0.store.newest(session).await?;
        let newest = newest.ok_or(ServiceError::NotFound)?;
        let kept = self.0.kept.get_or_new(session);
        let mut looks = 0;
        loop {
            let shown = self.known_at(session, &kept, newest.revision, New::Awaited);
            let shown = shown.await?;
            looks += 1;
            if looks == LOOKS_FOR_FILE || !shown.has_unwritten() {
                return Ok(shown);
            }
        }
    }

    async fn known_at(
        &self,
        session: SessionId,
        kept: &Arc<Kept>,
        revision: Revision,
        new: New,
    ) -> Result<Arc<Shown>, StoreError> {
        let tracked = kept.known.tracked.clone().lock_owned().await;
        let epoch = self.0.store.epoch();
        let is_awaited = new == New::Awaited && tracked.shown().has_unwritten();
        if tracked.knows(epoch, revision) && !is_awaited {
            return Ok(tracked.shown());
        }
        let (moments, kept) = (self.clone(), kept.clone());
        // A task of its own, which holds the lock: a caller that stops waiting does not cancel it, and later callers wait for
        // it instead of starting another.
        let reading = tokio::spawn(async move {
            let read = moments
                .read_on(session, &kept.known, tracked, epoch, new)
                .await;
            let tracked = read.inspect_err(|error| {
                tracing::warn!(%error, "moments could not be read; the next page or frame tries again");
            })?;
            let bytes = tracked.heap_bytes();
            moments.0.kept.weigh_again(session, &kept, bytes);
            Ok(tracked.shown())
        });
        reading
            .await
            .unwrap_or_else(|failure| Err(StoreError::Interrupted(failure)))
    }

    /// Keeps a session from being read for as long as the guard lives, as if it had a million presses.
    #[cfg(test)]
    pub(crate) async fn keep_from_reading(&self, session: SessionId) -> impl Sized + use<> {
        let kept = self.0.kept.get_or_new(session);
        kept.known.tracked.clone().lock_owned().await
    }

    /// What a frame tells of a session at this revision or a later one, or nothing yet: reading it from its first press may
    /// take long.
    ///
    /// # Errors
    /// As `at`.
    pub async fn look(&self, session: SessionId, revision: Revision) -> Result<Look, StoreError> {
        self.look_for(session, revision, New::Follow).await
    }

    async fn look_for(
        &self,
        session: SessionId,
        revision: Revision,
        new: New,
    ) -> Result<Look, StoreError> {
        let kept = self.0.kept.get_or_new(session);
        let known = self.known_at(session, &kept, revision, new);
        if kept.known.was_read(self.0.store.epoch()) {
            return Ok(Look(Some(known.await?)));
        }
        let shown = timeout(LONGEST_WAIT, known).await;
        Ok(Look(shown.ok().transpose()?))
    }

    /// Adds the session's moments to a snapshot, or marks them as pending. If only moderators see the list, a public snapshot
    /// has none.
    ///
    /// # Errors
    /// As `at`.
    pub async fn complete(
        &self,
        session: SessionId,
        snapshot: &mut Snapshot,
    ) -> Result<(), StoreError> {
        if is_shown_to(snapshot.audience, snapshot.session.rules.staff_list) {
            let revision = snapshot.cursor.revision;
            let look = self.look_for(session, revision, New::Awaited).await?;
            snapshot.highlights = look.all(snapshot.audience);
        }
        Ok(())
    }

    /// Reads all that changed, and derives the moments from it. Returns the session, still under its lock.
    async fn read_on(
        &self,
        session: SessionId,
        known: &Known,
        mut tracked: Locked,
        epoch: Epoch,
        new: New,
    ) -> Result<Locked, StoreError> {
        if tracked.is_new(epoch) {
            tracked.begin(epoch);
        }
        let is_first = !known.was_read(epoch);
        // The semaphore is never closed.
        let _loader = match is_first {
            true => self.0.loaders.acquire().await.ok(),
            false => None,
        };
        if !self.take_in_changes(session, &mut tracked).await? {
            return Ok(tracked);
        }
        let (mut tracked, mut updates) = derive::look(&self.0.sharpeners, tracked).await?;
        if (is_first || new == New::Awaited) && !updates.is_empty() {
            // It goes on without this reader, who gets what is there then.
            let written = self.write(session, tracked.revision(), updates);
            match timeout(LONGEST_WAIT, written).await {
                Ok(()) => {
                    self.take_in_changes(session, &mut tracked).await?;
                    (tracked, updates) = derive::look(&self.0.sharpeners, tracked).await?;
                }
                Err(_) => updates = Vec::new(),
            }
        }
        known.set_read(epoch);
        if !updates.is_empty() {
            self.record(session, tracked.revision(), updates);
        }
        Ok(tracked)
    }

    /// Reads all that changed. Whether the session is there.
    async fn take_in_changes(
        &self,
        session: SessionId,
        tracked: &mut Tracked,
    ) -> Result<bool, StoreError> {
        let store = &self.0.store;
        loop {
            let after = tracked.revision();
            let Some(changes) = store.crowd_changes(session, after).await? else {
                return Ok(false);
            };
            let changed = tracked.block_changed(&changes);
            let rows_of_block_changed = match changed.is_empty() {
                true => CrowdRows::default(),
                // What was written since comes with the next changes.
                false => store.crowd_of(session, changed, changes.revision).await?,
            };
            let has_more = changes.has_more;
            tracked.take_in(changes, rows_of_block_changed);
            if !has_more {
                return Ok(true);
            }
        }
    }

    /// Writes changes of moments that were seen at this revision. A failed write is retried with the next press.
    async fn write(&self, session: SessionId, seen_at: Revision, updates: Vec<MomentUpdate>) {
        let (store, clock) = (&self.0.store, &self.0.clock);
        let recorded = store.record_moments(clock, session, seen_at, updates);
        if let Err(error) = recorded.await
            && !error.is_gone()
        {
            tracing::warn!(%error, "moments could not be written; it is tried again");
        }
    }

    /// Writes them behind the answer.
    fn record(&self, session: SessionId, seen_at: Revision, updates: Vec<MomentUpdate>) {
        let moments = self.clone();
        let recorded = async move { moments.write(session, seen_at, updates).await };
        supervise_once(Task::Moments, self.0.store.metrics(), recorded, || {});
    }
}

/// Whether an audience may see moments and curves. They reveal the list, so only those who see the list do.
pub fn is_shown_to(audience: Audience, is_staff_list: bool) -> bool {
    match audience {
        Audience::Staff => true,
        Audience::Public => !is_staff_list,
    }
}

#[cfg(test)]
mod tests {
    use app::{domain::moments::moment::MomentId, service::ServiceError};
    use uuid::Uuid;

    use super::*;
    use crate::test_session::TestSession;

    #[tokio::test]
    async fn nobody_waits_for_all_that_a_new_epoch_has_of_a_session_that_was_read_before() {
        let session = TestSession::open().await;
        let moments = Moments::new(session.store.clone(), Clock::System);
        let revision = session.cursor().await.revision;
        let look = async || {
            let look = moments.look(session.id, revision);
            let look = timeout(5 * LONGEST_WAIT, look).await;
            look.map(|look| look.unwrap().is_pending())
        };
        assert_eq!(look().await, Ok(false));

        session.store.renew_epoch().await.unwrap();
        let reading = moments.keep_from_reading(session.id).await;
        assert_eq!(look().await, Ok(true));
        drop(reading);
        assert_eq!(look().await, Ok(false));
    }

    #[tokio::test]
    async fn nobody_who_joins_waits_for_a_session_to_be_read_from_its_first_press() {
        let session = TestSession::open().await;
        let moments = Moments::new(session.store.clone(), Clock::System);
        let reading = moments.keep_from_reading(session.id).await;
        let id = MomentId(Uuid::nil());
        let join = timeout(5 * LONGEST_WAIT, moments.joinable(session.id, id));
        let refused = ServiceError::from(join.await.unwrap().unwrap_err());
        assert!(refused.is_retryable(), "{refused:?}");
        drop(reading);
        let joined = moments.joinable(session.id, id).await;
        let refused = ServiceError::from(joined.unwrap_err());
        assert_eq!(refused, ServiceError::NoMoment);
    }
}
