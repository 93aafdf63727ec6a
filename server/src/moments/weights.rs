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
/// How many visitors' weights are remembered, over all sessions. A visitor who was forgotten is weighed again, which changes
/// little: the lowest weight among their presses counts.
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
    /// The weight of a visitor who presses in a session.
    pub(super) fn of(
        &self,
        session: SessionId,
        visitor: VisitorId,
        network: ClientNetwork,
        now: DateTime<Utc>,
    ) -> Weight {
        let name = (session, visitor);
        if let Some(weight) = self.weighed.get(&name) {
            return weight;
        }
        let new = || Ok::<_, std::convert::Infallible>(Arc::default());
        let Ok(fresh) = self.fresh.get_or_insert_with(&session, new);
        let now = u64::try_from(now.timestamp()).unwrap_or_default();
        let mut fresh = fresh.lock().unwrap_or_else(PoisonError::into_inner);
        let weight = fresh.weigh(network, now);
        self.weighed.insert(name, weight);
        weight
    }
}
