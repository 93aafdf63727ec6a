//! Enters presses into the index by visitor, some time behind their commits: see `store/visitors.rs`.

use std::{
    collections::HashSet,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::sleep};

use crate::store::{SessionId, Store, StoreError};

/// How long presses gather before they are entered together. Whoever asks for a visitor's timestamps meanwhile walks over
/// these, so that it is not long either.
const BATCH_INTERVAL: Duration = Duration::from_secs(10);

/// The sessions that have presses to be entered. Cheap to clone.
#[derive(Clone)]
pub struct VisitorIndex {
    store: Store,
    waiting: Arc<Waiting>,
}

#[derive(Default)]
struct Waiting {
    /// At most those that were written to within `BATCH_INTERVAL`.
    sessions: Mutex<HashSet<SessionId>>,
    any: Notify,
}

impl VisitorIndex {
    /// Begins to note which sessions are written to.
    pub fn of(store: &Store) -> Self {
        let waiting = Arc::<Waiting>::default();
        let noted = waiting.clone();
        store.on_commit(move |session| noted.add([session]));
        Self {
            store: store.clone(),
            waiting,
        }
    }

    /// Enters presses as long as it is polled, those first that a server before this one left.
    pub async fn run(self) {
        match self.store.unindexed().await {
            Ok(left) => self.waiting.add(left),
            Err(error) => tracing::warn!(%error, "presses of before the start are not entered"),
        }
        loop {
            self.waiting.any.notified().await;
            sleep(BATCH_INTERVAL).await;
            if let Err(error) = self.index_all().await {
                tracing::warn!(%error, "presses could not be entered for their visitors; it is tried again");
            }
        }
    }

    /// Enters all that waits.
    ///
    /// # Errors
    /// `StoreError::Database` where the database can't; what is left waits on.
    pub async fn index_all(&self) -> Result<(), StoreError> {
        let sessions = mem::take(&mut *self.waiting.sessions());
        let mut failure = Ok(());
        for session in sessions {
            // One that fails keeps no other one waiting.
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
