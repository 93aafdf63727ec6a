//! What is being written in visitors' names, so that an erasure can wait for it.

use std::sync::Arc;

use tokio::sync::{OwnedRwLockReadGuard, RwLock};

use crate::store::VisitorId;

/// How many locks the visitors share. While an erasure waits, only the writes of those who share its visitor's lock wait with it.
const LOCKS: usize = 64;

/// The writes that are under way, by visitor.
#[derive(Clone)]
pub(crate) struct WritesUnderWay(Arc<[Arc<RwLock<()>>; LOCKS]>);

impl Default for WritesUnderWay {
    fn default() -> Self {
        Self(Arc::new(std::array::from_fn(|_| Arc::default())))
    }
}

impl WritesUnderWay {
    /// A write in the name of this visitor, which is under way for as long as the guard is held.
    pub(crate) async fn begin(&self, visitor: VisitorId) -> OwnedRwLockReadGuard<()> {
        self.of(visitor).clone().read_owned().await
    }

    /// Returns once all that has begun in the name of this visitor is done.
    pub(crate) async fn settled(&self, visitor: VisitorId) {
        drop(self.of(visitor).write().await);
    }

    /// Ids are random, so visitors spread evenly.
    fn of(&self, VisitorId(id): VisitorId) -> &Arc<RwLock<()>> {
        let [.., last] = *id.as_bytes();
        &self.0[usize::from(last) % LOCKS]
    }
}
