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

/// The weights of visitors. Client networks are kept in memory only: for two minutes at most, since `forget_networks` is called
/// once a minute.
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
    /// What a visitor counts for, who is weighed once: presses that come meanwhile wait for that. Nothing is remembered where it
    /// fails.
    pub(super) async fn of<E>(
        &self,
        session: SessionId,
        visitor: VisitorId,
        weigh: impl Future<Output = Result<Weight, E>>,
    ) -> Result<Weight, E> {
        let key = (session, visitor);
        self.weighed.get_or_insert_async(&key, weigh).await
    }

    /// What a visitor counts for who presses in a session for the first time.
    pub(super) fn of_new(
        &self,
        session: SessionId,
        network: ClientNetwork,
        now: DateTime<Utc>,
    ) -> Weight {
        self.fresh(session, |fresh| fresh.weigh(network, seconds(now)))
    }

    /// Forgets the client networks from which nobody new came within the last minute.
    pub(super) fn forget_networks(&self, now: DateTime<Utc>) {
        self.fresh.retain(|_, fresh| {
            let mut fresh = fresh.lock().unwrap_or_else(PoisonError::into_inner);
            fresh.tidy(seconds(now))
        });
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

fn seconds(time: DateTime<Utc>) -> u64 {
    u64::try_from(time.timestamp()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use chrono::TimeDelta;
    use futures::future::join_all;
    use tokio::task::yield_now;

    use super::*;
    use crate::random;

    #[tokio::test]
    async fn whoever_sends_several_first_presses_at_once_is_one_new_visitor() {
        let (weights, session) = (Weights::default(), SessionId(random::uuid()));
        let network = ClientNetwork::of([192, 0, 2, 1].into());
        let press = |visitor| {
            weights.of(session, visitor, async {
                let weight = weights.of_new(session, network, DateTime::UNIX_EPOCH);
                // As while the database is asked about them.
                yield_now().await;
                Ok::<_, Infallible>(weight)
            })
        };
        let somebody = || VisitorId(random::uuid());
        // Those who count whole, and then a crowd.
        while press(somebody()).await == Ok(Weight::WHOLE) {}
        let new = somebody();
        let weighed = join_all([press(new), press(new), press(new)]).await;
        // `(30 / n)²`: the next ones are the 32nd and the 33rd.
        let of_nth =
            |n: u16| Weight::new(u16::try_from(256 * 900 / (u32::from(n) * u32::from(n))).unwrap());
        assert_eq!(weighed, [Ok(of_nth(32)); 3]);
        assert_eq!(press(somebody()).await, Ok(of_nth(33)));
    }

    #[test]
    fn client_networks_are_forgotten_even_if_nobody_new_presses_any_more() {
        let (weights, now) = (Weights::default(), DateTime::UNIX_EPOCH);
        let [quiet, busy] = [(); 2].map(|()| SessionId(random::uuid()));
        let network = ClientNetwork::of([192, 0, 2, 1].into());
        weights.of_new(quiet, network, now);
        weights.of_new(busy, network, now);
        weights.of_new(busy, network, now + TimeDelta::seconds(50));
        for (second, quiet_is_kept, busy_is_kept) in
            [(59, true, true), (60, false, true), (110, false, false)]
        {
            weights.forget_networks(now + TimeDelta::seconds(second));
            let is_kept = |session| weights.fresh.get(&session).is_some();
            assert_eq!(is_kept(quiet), quiet_is_kept, "after {second} s");
            assert_eq!(is_kept(busy), busy_is_kept, "after {second} s");
        }
    }
}
