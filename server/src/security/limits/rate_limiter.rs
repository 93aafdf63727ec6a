//! Counts one kind of action for each of many keys, in bounded memory.

use std::{
    convert::Infallible,
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, MonotonicClock},
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{InMemoryState, NotKeyed, StateStore},
};
use quick_cache::sync::Cache;

/// The most keys that are remembered at the same time: about ten megabytes. A flood of invented keys evicts others, which
/// then start with a full burst again.
const REMEMBERED: usize = 100_000;

/// How often something was done, for each key.
///
/// Uses the monotonic clock, so that a jump of the wall clock neither frees nor freezes anybody.
pub(super) struct KeyedRateLimiter<K: Clone + Eq + Hash, C: Clock = MonotonicClock> {
    limiter: RateLimiter<K, Kept<K>, C, NoOpMiddleware<C::Instant>>,
    clock: C,
    kept: Kept<K>,
    /// How much one action delays the time at which a key has its full burst again.
    interval: Nanos,
    /// How much was counted and not refunded.
    counted: AtomicU64,
}

impl<K: Clone + Eq + Hash> KeyedRateLimiter<K> {
    /// A counter with this quota.
    pub(super) fn new(quota: Quota) -> Self {
        Self::with(quota, MonotonicClock)
    }
}

impl<K: Clone + Eq + Hash, C: Clock + Clone> KeyedRateLimiter<K, C> {
    fn with(quota: Quota, clock: C) -> Self {
        let kept = Kept(Arc::new(Cache::new(REMEMBERED)));
        Self {
            limiter: RateLimiter::new(quota, kept.clone(), clock.clone()),
            clock,
            kept,
            interval: quota.replenish_interval().into(),
            counted: AtomicU64::new(0),
        }
    }

    /// Counts one action.
    ///
    /// # Errors
    /// How long to wait, if it exceeds the quota; it is not counted then.
    pub(super) fn count(&self, key: &K) -> Result<(), Duration> {
        let counted = self.limiter.check_key(key);
        counted.map_err(|until| until.wait_time_from(self.clock.now()))?;
        self.counted.fetch_add(1, Relaxed);
        Ok(())
    }
}

impl<K: Clone + Eq + Hash, C: Clock + Clone> KeyedRateLimiter<K, C> {
    /// The total of all keys that was counted and not refunded.
    pub(super) fn counted(&self) -> u64 {
        self.counted.load(Relaxed)
    }

    /// Refunds one action that was counted: the key has its full burst again earlier by as much as the action had delayed
    /// it. A refund after the burst would have been full anyway lets one additional action through.
    pub(super) fn give_back(&self, key: &K) {
        let earlier = |full_at: Option<Nanos>| {
            let full_at = full_at.map(|full_at| full_at.saturating_sub(self.interval));
            full_at.map(|full_at| ((), full_at)).ok_or(())
        };
        // Nothing is stored for an evicted key that could be refunded.
        if let Some(state) = self.kept.0.get(key) {
            let _ = state.measure_and_replace(&NotKeyed::NonKey, earlier);
        }
        self.counted.fetch_sub(1, Relaxed);
    }
}

/// Where the counts are stored. The crate's own stores grow without limit unless they are swept.
struct Kept<K>(Arc<Cache<K, Arc<InMemoryState>>>);

impl<K> Clone for Kept<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K: Clone + Eq + Hash> StateStore for Kept<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, judge: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let count = self
            .0
            .get_or_insert_with(key, || Ok::<_, Infallible>(Arc::default()));
        let Ok(count) = count;
        count.measure_and_replace(&NotKeyed::NonKey, judge)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use governor::clock::FakeRelativeClock;
    use proptest::prelude::*;

    use super::*;

    const BURST: NonZeroU32 = NonZeroU32::new(5).unwrap();
    const PAUSE: Duration = Duration::from_secs(10);

    fn rate_limiter(clock: &FakeRelativeClock) -> KeyedRateLimiter<u32, FakeRelativeClock> {
        let quota = Quota::with_period(PAUSE).unwrap().allow_burst(BURST);
        KeyedRateLimiter::with(quota, clock.clone())
    }

    #[test]
    fn a_burst_passes_and_then_one_for_each_pause() {
        let clock = FakeRelativeClock::default();
        let rate_limiter = rate_limiter(&clock);
        for _ in 0..5 {
            assert_eq!(rate_limiter.count(&1), Ok(()));
        }
        assert_eq!(rate_limiter.count(&1), Err(PAUSE));
        assert_eq!(
            rate_limiter.count(&2),
            Ok(()),
            "another one's burst is its own"
        );
        clock.advance(Duration::from_secs(4));
        assert_eq!(rate_limiter.count(&1), Err(Duration::from_secs(6)));
        clock.advance(Duration::from_secs(6));
        assert_eq!(rate_limiter.count(&1), Ok(()));
        assert_eq!(rate_limiter.count(&1), Err(PAUSE));
    }

    #[test]
    fn a_flood_of_keys_takes_bounded_memory() {
        let rate_limiter = rate_limiter(&FakeRelativeClock::default());
        for key in 0..300_000 {
            assert_eq!(rate_limiter.count(&key), Ok(()));
        }
        let Kept(kept) = rate_limiter.limiter.into_state_store();
        assert!(kept.len() <= REMEMBERED, "{}", kept.len());
    }

    proptest! {
        /// An immediate refund is as if the action had never been requested, whatever else is requested in between.
        #[test]
        fn what_is_given_back_at_once_is_as_if_it_had_never_been(
            asked in proptest::collection::vec((any::<bool>(), 0u64..15_000), 1..100),
        ) {
            let clock = FakeRelativeClock::default();
            let (rate_limiter, honest) = (rate_limiter(&clock), rate_limiter(&clock));
            for (gives_back, wait) in asked {
                clock.advance(Duration::from_millis(wait));
                if !gives_back {
                    prop_assert_eq!(rate_limiter.count(&1), honest.count(&1));
                } else if rate_limiter.count(&1).is_ok() {
                    rate_limiter.give_back(&1);
                }
            }
        }

        /// A late refund lets at most one additional action through.
        #[test]
        fn what_is_given_back_late_lets_one_act_more_through_at_most(
            held in proptest::collection::vec(0u64..60_000, 1..20),
        ) {
            let clock = FakeRelativeClock::default();
            let rate_limiter = rate_limiter(&clock);
            let (mut passed, mut given_back, mut elapsed) = (0u64, 0u64, 0u64);
            for wait in held {
                if rate_limiter.count(&1).is_ok() {
                    clock.advance(Duration::from_millis(wait));
                    elapsed += wait;
                    rate_limiter.give_back(&1);
                    given_back += 1;
                }
                while rate_limiter.count(&1).is_ok() {
                    passed += 1;
                }
                prop_assert!(passed <= 5 + elapsed / 10_000 + 1 + given_back);
            }
        }

        /// However the attempts are spaced, no more pass than the burst plus one per interval since, and a client that
        /// waits as long as it was told passes.
        #[test]
        fn no_more_pass_than_the_quota_allows(waits in proptest::collection::vec(0u64..15_000, 1..60)) {
            let clock = FakeRelativeClock::default();
            let rate_limiter = rate_limiter(&clock);
            let (mut passed, mut elapsed) = (0u64, 0u64);
            for wait in waits {
                clock.advance(Duration::from_millis(wait));
                elapsed += wait;
                match rate_limiter.count(&1) {
                    Ok(()) => passed += 1,
                    Err(left) => {
                        clock.advance(left);
                        elapsed += u64::try_from(left.as_millis()).unwrap();
                        prop_assert_eq!(rate_limiter.count(&1), Ok(()));
                        passed += 1;
                    }
                }
                prop_assert!(passed <= 5 + elapsed / 10_000 + 1);
            }
        }
    }
}
