//! Presses and joins: counted by visitor and by session too, and once however often they are sent.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use governor::Quota;
use quick_cache::sync::Cache;
use uuid::Uuid;

use super::{
    Action, Charge, Charged, Counters, Settings, attempt_quota, rate_limiter::KeyedRateLimiter,
};
use crate::{
    security::principal::RateLimitKeys,
    store::{SessionId, VisitorId},
};

/// How many are remembered as counted: as many as a crowd sends within a few seconds.
const REMEMBERED: usize = 100_000;

/// What is counted once.
#[derive(Clone, Copy)]
pub(super) enum Once {
    /// A press.
    Press,
    /// The joining of a moment.
    Join,
}

/// Identifies a press, or the joining of a moment: its visitor, its session, and the id of the press or moment.
pub(super) type Key = (VisitorId, SessionId, Uuid);

/// How often something was done by each visitor, and in each session.
pub(super) struct CountedOnce {
    /// Stops one browser that keeps pressing the button.
    of_visitor: KeyedRateLimiter<VisitorId>,
    /// Never refunded: a browser that sends the same again and again uses up none of its network's attempts.
    tried: KeyedRateLimiter<VisitorId>,
    /// Keeps a flood from many networks out of one list while its moderators can still act.
    of_session: KeyedRateLimiter<SessionId>,
    /// What was counted recently. What is sent again, because its answer was lost or late, is not counted again.
    recent: Cache<Key, Counted>,
}

/// How something was counted.
#[derive(Clone)]
enum Counted {
    /// In progress: all requests that send it share this.
    UnderWay(Weak<SharedCharge>),
    /// It was accepted.
    Kept,
}

/// The charge for a press or a join, shared by requests that send it at the same time.
pub(super) struct SharedCharge {
    counters: Arc<Counters>,
    of: Once,
    what: Key,
    /// The other keys by which it was counted.
    keys: RateLimitKeys,
    is_kept: AtomicBool,
}

impl Once {
    pub(super) fn action(self) -> Action {
        match self {
            Self::Press => Action::Press,
            Self::Join => Action::Join,
        }
    }
}

impl CountedOnce {
    /// Counters with the limits of presses.
    pub(super) fn new(settings: &Settings) -> Self {
        let pause = Duration::from_secs(settings.press_seconds.get().into());
        // An interval of at least a second, for which there is always a quota.
        let of_visitor = Quota::with_period(pause)
            .unwrap_or(Quota::per_second(settings.press_burst))
            .allow_burst(settings.press_burst);
        Self {
            of_visitor: KeyedRateLimiter::new(of_visitor),
            tried: KeyedRateLimiter::new(attempt_quota(of_visitor)),
            of_session: KeyedRateLimiter::new(Quota::per_minute(settings.session_presses)),
            recent: Cache::new(REMEMBERED),
        }
    }
}

impl Counters {
    fn counted_once(&self, of: Once) -> &CountedOnce {
        match of {
            Once::Press => &self.presses,
            Once::Join => &self.joins,
        }
    }

    /// Charges a press or a join, or returns how long to wait.
    pub(super) fn charge_once(
        self: &Arc<Self>,
        keys: RateLimitKeys,
        of: Once,
        what: Key,
    ) -> Result<Charge, Duration> {
        let RateLimitKeys { network, visitor } = keys;
        let (action, counters) = (of.action(), self.counted_once(of));
        // The visitor first: one who keeps pressing uses up none of their whole school's quota. A client without a cookie
        // is a new visitor each time, and counted by the network alone.
        if let Some(visitor) = visitor {
            counters.tried.count(&visitor)?;
        }
        let _charging = self.charging();
        let known = match counters.recent.get(&what) {
            Some(Counted::Kept) => Some(Charge(None)),
            Some(Counted::UnderWay(shared)) => {
                let shared = shared.upgrade();
                shared.map(|shared| Charge(Some(Charged::Once(shared))))
            }
            None => None,
        };
        if let Some(known) = known {
            self.try_once(action, &network)?;
            return Ok(known);
        }
        if let Some(visitor) = visitor {
            counters.of_visitor.count(&visitor)?;
        }
        let (_, session, _) = what;
        let counted = self.count(action, &network).and_then(|()| {
            let counted = counters.of_session.count(&session);
            counted.inspect_err(|_| self.give_back(action, &network))
        });
        if let Err(wait) = counted {
            if let Some(visitor) = visitor {
                counters.of_visitor.give_back(&visitor);
            }
            return Err(wait);
        }
        let shared = Arc::new(SharedCharge {
            counters: self.clone(),
            of,
            what,
            keys,
            is_kept: AtomicBool::new(false),
        });
        let under_way = Counted::UnderWay(Arc::downgrade(&shared));
        counters.recent.insert(what, under_way);
        Ok(Charge(Some(Charged::Once(shared))))
    }
}

impl SharedCharge {
    /// It was done.
    pub(super) fn keep(&self) {
        self.is_kept.store(true, Relaxed);
        // Another attempt either shares this charge, which still exists, or finds that it was kept.
        let _charging = self.counters.charging();
        let counters = self.counters.counted_once(self.of);
        counters.recent.insert(self.what, Counted::Kept);
    }
}

impl Drop for SharedCharge {
    fn drop(&mut self) {
        if *self.is_kept.get_mut() {
            return;
        }
        let (_, session, _) = &self.what;
        let counters = self.counters.counted_once(self.of);
        let network = &self.keys.network;
        self.counters.give_back(self.of.action(), network);
        counters.of_session.give_back(session);
        if let Some(visitor) = &self.keys.visitor {
            counters.of_visitor.give_back(visitor);
        }
    }
}
