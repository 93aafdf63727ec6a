//! How much visitors count in a session's crowd: many new ones from one client network count less.

use std::sync::{Arc, Mutex, PoisonError};

use app::domain::moments::{fresh_visitors::FreshVisitors, weight::Weight};
use chrono::{DateTime, Utc};
use quick_cache::sync::Cache;

use crate::{
    security::client_network::ClientNetwork,
    store::{SessionId, VisitorId},
};

/// For how many sessions the client networks of new visitors are remembered.
const SESSIONS: usize = 4_096;
/// How many visitors' weights are remembered, over all sessions; those of others are stored with their presses.
const VISITORS: usize = 262_144;

/// The weights of visitors. Client networks are kept in memory only, for a minute.
pub(super) struct Weights {
    fresh: Cache<SessionId, Arc<Mutex<FreshVisitors<ClientNetwork>>>>,
    weighed: Cache<(SessionId, VisitorId), Weight>,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            fresh: Cache::new(SESSIONS),
            weighed: Cache::new(VISITORS),
        }
    }
}

impl Weights {
    /// What a visitor counts for who was weighed by this process.
    pub(super) fn known(&self, session: SessionId, visitor: VisitorId) -> Option<Weight> {
        self.weighed.get(&(session, visitor))
    }

    /// Remembers what a visitor counts for.
    pub(super) fn remember(&self, session: SessionId, visitor: VisitorId, weight: Weight) {
        self.weighed.insert((session, visitor), weight);
    }

    /// What a visitor counts for who presses in a session for the first time.
    pub(super) fn of_new(
        &self,
        session: SessionId,
        network: ClientNetwork,
        now: DateTime<Utc>,
    ) -> Weight {
        let now = u64::try_from(now.timestamp()).unwrap_or_default();
        self.fresh(session, |fresh| fresh.weigh(network, now))
    }

    /// Leaves out the visitor who was weighed last, who turned out not to be new.
    pub(super) fn was_not_new(&self, session: SessionId, network: ClientNetwork) {
        self.fresh(session, |fresh| fresh.take_back(&network));
    }

    fn fresh<T>(
        &self,
        session: SessionId,
        ask: impl FnOnce(&mut FreshVisitors<ClientNetwork>) -> T,
    ) -> T {
        let new = || Ok::<_, std::convert::Infallible>(Arc::default());
        let Ok(fresh) = self.fresh.get_or_insert_with(&session, new);
        let mut fresh = fresh.lock().unwrap_or_else(PoisonError::into_inner);
        ask(&mut fresh)
    }
}
