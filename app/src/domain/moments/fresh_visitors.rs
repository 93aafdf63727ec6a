//! How much visitors count who are new and come in crowds from one client network.
//!
//! A visitor is a cookie, and who drops it is new: one client could be 600 people a minute. A school behind one address is
//! 200 people at once, and must still make a moment.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
};

use super::weight::Weight;

/// How many new visitors from one network within [`WINDOW`] count whole.
const WHOLE: u64 = 30;

/// In seconds.
const WINDOW: u64 = 60;

/// How many arrivals are remembered of one network: more weigh nothing (30² / 512² is below 1/256).
const REMEMBERED: usize = 512;

/// How many networks are remembered: an attacker with more of them is one that this can't stop.
const NETWORKS: usize = 100_000;

/// The new visitors of one session by client network, within the last minute. It is kept in memory alone.
#[derive(Clone, Debug)]
pub struct FreshVisitors<N> {
    /// When the latest visitors of a network came, in seconds of any clock.
    arrivals: HashMap<N, VecDeque<u64>>,
    /// When networks were last looked through for ones that are quiet.
    tidied: u64,
}

impl<N> Default for FreshVisitors<N> {
    fn default() -> Self {
        Self {
            arrivals: HashMap::new(),
            tidied: 0,
        }
    }
}

impl<N: Eq + Hash> FreshVisitors<N> {
    /// What a visitor counts for who presses in the session for the first time: whole, or `(30 / n)²` for the n-th of a
    /// network within a minute, so that however many come they never sum up to more than 60 a minute. To be asked once for
    /// each visitor, and stored with their presses: it doesn't change when others come or go.
    pub fn weigh(&mut self, network: N, now: u64) -> Weight {
        if now.saturating_sub(self.tidied) >= WINDOW || self.arrivals.len() >= NETWORKS {
            self.tidy(now);
        }
        if self.arrivals.len() >= NETWORKS && !self.arrivals.contains_key(&network) {
            return Weight::WHOLE;
        }
        let times = self.arrivals.entry(network).or_default();
        while times.front().is_some_and(|first| first + WINDOW <= now) {
            times.pop_front();
        }
        if times.len() >= REMEMBERED {
            times.pop_front();
        }
        times.push_back(now);
        let count = times.len() as u64;
        if count <= WHOLE {
            return Weight::WHOLE;
        }
        Weight::new(u16::try_from(256 * WHOLE * WHOLE / (count * count)).unwrap_or(0))
    }

    /// Forgets the networks from which nobody new came within the last minute. Whether any is left.
    pub fn tidy(&mut self, now: u64) -> bool {
        self.arrivals
            .retain(|_, times| times.back().is_some_and(|last| now < last + WINDOW));
        self.tidied = now;
        !self.arrivals.is_empty()
    }

    /// Leaves out the last visitor who was weighed: they turned out not to be new.
    pub fn take_back(&mut self, network: &N) {
        if let Some(times) = self.arrivals.get_mut(network) {
            times.pop_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(weights: impl Iterator<Item = Weight>) -> u32 {
        weights.map(|weight| u32::from(weight.parts())).sum::<u32>() / 256
    }

    #[test]
    fn a_network_with_few_new_visitors_counts_whole() {
        let mut fresh = FreshVisitors::default();
        assert!((0..600).all(|at| fresh.weigh("home", at * 2) == Weight::WHOLE));
    }

    #[test]
    fn a_client_that_drops_its_cookie_counts_for_next_to_nothing_after_its_first_seconds() {
        let mut fresh = FreshVisitors::default();
        let weights: Vec<_> = (0..6_000)
            .map(|press| fresh.weigh("client", press / 10))
            .collect();
        assert!(sum(weights[..600].iter().copied()) <= 60);
        assert_eq!(sum(weights[600..].iter().copied()), 0);
        assert!(weights[600..].iter().all(|weight| weight.parts() <= 1));
    }

    #[test]
    fn a_school_behind_one_address_counts_for_more_than_a_moment_needs() {
        let mut fresh = FreshVisitors::default();
        let pupils = (0..200).map(|pupil| fresh.weigh("school", 1_000 + pupil / 20));
        assert!(sum(pupils) >= 50);
    }

    #[test]
    fn visitors_who_are_not_new_after_all_do_not_weigh_upon_those_who_are() {
        let (mut fresh, mut with_known) = (FreshVisitors::default(), FreshVisitors::default());
        for visitor in 0..200 {
            with_known.weigh("school", 1_000 + visitor / 20);
            with_known.take_back(&"school");
            let weight = fresh.weigh("school", 1_000 + visitor / 20);
            assert_eq!(with_known.weigh("school", 1_000 + visitor / 20), weight);
        }
    }

    #[test]
    fn a_network_is_forgotten_a_minute_after_the_last_new_visitor_came_from_it() {
        let mut fresh = FreshVisitors::default();
        fresh.weigh("home", 1_000);
        fresh.weigh("school", 1_030);
        for (now, left) in [(1_000, 2), (1_059, 2), (1_060, 1), (1_089, 1), (1_090, 0)] {
            assert_eq!(fresh.tidy(now), left > 0);
            assert_eq!(fresh.arrivals.len(), left, "at {now}");
        }
    }

    #[test]
    fn networks_do_not_weigh_upon_each_other() {
        let mut fresh = FreshVisitors::default();
        for _ in 0..300 {
            fresh.weigh(1, 10);
        }
        assert_eq!(fresh.weigh(2, 10), Weight::WHOLE);
    }
}
