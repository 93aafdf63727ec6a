//! Counts one kind of act for each of many keys, in bounded memory.

use std::{
    convert::Infallible,
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering::Relaxed},
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

/// The most keys that are remembered at the same time: some ten megabytes. A flood of invented ones pushes others out, and
/// these then begin with a full burst again.
const REMEMBERED: usize = 100_000;

/// How often something was done, for each key.
///
/// The crate gives nothing back; what is given back here is kept as credit, and used up first.
///
/// The clock is the monotonic one: a wall clock that jumps neither frees nor freezes anybody.
pub(super) struct Counter<K: Clone + Eq + Hash, C: Clock = MonotonicClock> {
    limiter: RateLimiter<K, Kept<K>, C, NoOpMiddleware<C::Instant>>,
    clock: C,
    credits: Cache<K, Arc<AtomicU32>>,
    /// The most credit that a key has: with more it could do at once what a quota spreads.
    most_credit: u32,
    /// How much was counted and not given back.
    counted: AtomicU64,
}

impl<K: Clone + Eq + Hash> Counter<K> {
    /// One that lets so much through.
    pub(super) fn new(quota: Quota) -> Self {
        Self::with(quota, MonotonicClock)
    }
}

impl<K: Clone + Eq + Hash, C: Clock + Clone> Counter<K, C> {
    fn with(quota: Quota, clock: C) -> Self {
        Self {
            limiter: RateLimiter::new(quota, Kept(Cache::new(REMEMBERED)), clock.clone()),
            clock,
            credits: Cache::new(REMEMBERED),
            most_credit: quota.burst_size().get(),
            counted: AtomicU64::new(0),
        }
    }

    /// Counts one act.
    ///
    /// # Errors
    /// How long to wait, where it was one too many; it is not counted then.
    pub(super) fn count(&self, key: &K) -> Result<(), Duration> {
        let less = |credit: u32| credit.checked_sub(1);
        let credit = self.credits.get(key);
        let has_credit =
            credit.is_some_and(|credit| credit.fetch_update(Relaxed, Relaxed, less).is_ok());
        if !has_credit {
            let counted = self.limiter.check_key(key);
            counted.map_err(|until| until.wait_time_from(self.clock.now()))?;
        }
        self.counted.fetch_add(1, Relaxed);
        Ok(())
    }
}

impl<K: Clone + Eq + Hash, C: Clock> Counter<K, C> {
    /// How much was counted of all keys, and not given back.
    pub(super) fn counted(&self) -> u64 {
        self.counted.load(Relaxed)
    }

    /// Takes back one act that was counted.
    pub(super) fn give_back(&self, key: &K) {
        let credit = self
            .credits
            .get_or_insert_with(key, || Ok::<_, Infallible>(Arc::default()));
        let Ok(credit) = credit;
        let more = |credit: u32| (credit < self.most_credit).then_some(credit + 1);
        let _ = credit.fetch_update(Relaxed, Relaxed, more);
        self.counted.fetch_sub(1, Relaxed);
    }
}

/// Where the counts are kept. The crate's own stores grow without end unless they are swept.
struct Kept<K>(Cache<K, Arc<InMemoryState>>);

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

    fn counter(clock: &FakeRelativeClock) -> Counter<u32, FakeRelativeClock> {
        let quota = Quota::with_period(PAUSE).unwrap().allow_burst(BURST);
        Counter::with(quota, clock.clone())
    }

    #[test]
    fn a_burst_passes_and_then_one_for_each_pause() {
        let clock = FakeRelativeClock::default();
        let counter = counter(&clock);
        for _ in 0..5 {
            assert_eq!(counter.count(&1), Ok(()));
        }
        assert_eq!(counter.count(&1), Err(PAUSE));
        assert_eq!(counter.count(&2), Ok(()), "another one's burst is its own");
        clock.advance(Duration::from_secs(4));
        assert_eq!(counter.count(&1), Err(Duration::from_secs(6)));
        clock.advance(Duration::from_secs(6));
        assert_eq!(counter.count(&1), Ok(()));
        assert_eq!(counter.count(&1), Err(PAUSE));
    }

    #[test]
    fn a_flood_of_keys_takes_bounded_memory() {
        let counter = counter(&FakeRelativeClock::default());
        for key in 0..300_000 {
            assert_eq!(counter.count(&key), Ok(()));
        }
        let Kept(kept) = counter.limiter.into_state_store();
        assert!(kept.len() <= REMEMBERED, "{}", kept.len());
    }

    proptest! {
        /// Whatever is given back in between: no more is done than the quota allows.
        #[test]
        fn what_is_given_back_can_be_done_and_no_more(given in proptest::collection::vec(any::<bool>(), 1..200)) {
            let counter = counter(&FakeRelativeClock::default());
            let mut done = 0;
            for gives_back in given {
                match counter.count(&1) {
                    Ok(()) if gives_back => counter.give_back(&1),
                    Ok(()) => done += 1,
                    Err(_) => prop_assert_eq!(done, 5),
                }
                prop_assert!(done <= 5);
            }
        }

        /// However the attempts lie, no more pass than the burst and one for each pause since, and who waits as long as
        /// was said passes.
        #[test]
        fn no_more_pass_than_the_quota_allows(waits in proptest::collection::vec(0u64..15_000, 1..60)) {
            let clock = FakeRelativeClock::default();
            let counter = counter(&clock);
            let (mut passed, mut elapsed) = (0u64, 0u64);
            for wait in waits {
                clock.advance(Duration::from_millis(wait));
                elapsed += wait;
                match counter.count(&1) {
                    Ok(()) => passed += 1,
                    Err(left) => {
                        clock.advance(left);
                        elapsed += u64::try_from(left.as_millis()).unwrap();
                        prop_assert_eq!(counter.count(&1), Ok(()));
                        passed += 1;
                    }
                }
                prop_assert!(passed <= 5 + elapsed / 10_000 + 1);
            }
        }
    }
}
