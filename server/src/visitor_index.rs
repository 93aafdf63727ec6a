//! Adds presses to the index by visitor, some time after their commits: see `store/visitor_backlog.rs`.

use std::{
    collections::HashSet,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    select,
    sync::Notify,
    time::{MissedTickBehavior, interval, sleep},
};

use crate::store::{SessionId, Store, StoreError};

/// How long presses collect before they are added together. Queries for a visitor's timestamps scan these in the meantime,
/// so it is not long.
const BATCH_INTERVAL: Duration = Duration::from_secs(10);

/// How often to look for sessions with unindexed presses that nobody reported to this process, starting at once. A server
/// that was stopped leaves some, and so does one of an earlier version beside this one, which knows of no index.
const SEARCH_INTERVAL: Duration = Duration::from_secs(60 * 60);

/// The sessions with presses that are not indexed yet. Cheap to clone.
#[derive(Clone)]
pub struct VisitorIndex {
    store: Store,
    waiting: Arc<Waiting>,
}

#[derive(Default)]
struct Waiting {
    /// The sessions that were written to within `BATCH_INTERVAL`, those that others left behind, and those that failed.
    sessions: Mutex<HashSet<SessionId>>,
    any: Notify,
}

impl VisitorIndex {
    /// Starts to record which sessions are written to.
    pub fn of(store: &Store) -> Self {
        let waiting = Arc::<Waiting>::default();
        let noted = waiting.clone();
        store.on_commit(move |session| noted.add([session]));
        Self {
            store: store.clone(),
            waiting,
        }
    }

    /// Indexes presses for as long as it is polled, including those that other servers left behind.
    pub async fn run(self) {
        let mut searches = interval(SEARCH_INTERVAL);
        searches.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            select! {
                () = self.waiting.any.notified() => {}
                _ = searches.tick() => {
                    if let Err(error) = self.find_unindexed().await {
                        tracing::warn!(%error, "presses that other servers left could not be looked for; the next attempt is in an hour");
                    }
                    continue;
                }
            }
            sleep(BATCH_INTERVAL).await;
            if let Err(error) = self.index_all().await {
                tracing::warn!(%error, "presses could not be entered for their visitors; it is tried again");
            }
        }
    }

    /// Looks for sessions with presses that are not indexed yet, whoever recorded them. They are indexed with the next batch.
    ///
    /// # Errors
    /// `StoreError::Database` if they can't be read.
    pub async fn find_unindexed(&self) -> Result<(), StoreError> {
        self.waiting.add(self.store.unindexed().await?);
        Ok(())
    }

    /// Indexes everything that is waiting.
    ///
    /// # Errors
    /// `StoreError::Database` if the database fails; whatever is left keeps waiting.
    pub async fn index_all(&self) -> Result<(), StoreError> {
        let sessions = mem::take(&mut *self.waiting.sessions());
        let mut failure = Ok(());
        for session in sessions {
            // A session that fails does not hold up the others.
            if let Err(error) = self.store.index_visitors(session).await {
                self.waiting.add([session]);
                failure = Err(error);
            }
        }
        failure
    }
}

impl Waiting {
    fn add(&self, sessions: impl IntoIterator<Item = SessionId>) {
        self.sessions().extend(sessions);
        self.any.notify_one();
    }

    fn sessions(&self) -> MutexGuard<'_, HashSet<SessionId>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
