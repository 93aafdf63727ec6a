//! The server's clock, as a page estimates it: the segment's clock must not depend on how a viewer's own clock is set.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

/// How many samples are looked at: about five minutes of heartbeats, so that a drifting clock is followed.
const SAMPLES: usize = 20;

/// The difference between the server's clock and the page's own count of milliseconds.
///
/// A sample is too small by the time that it travelled, never too large; so the largest of the last ones is the best.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Correction {
    samples: VecDeque<DateTime<Utc>>,
    /// Whether the only sample is a guess, made when the computer woke up.
    is_guess: bool,
    /// The page's own count and the computer's clock when they were last looked at, in milliseconds.
    seen: Option<(f64, f64)>,
}

/// By how many milliseconds the computer's clock must have run ahead of the page's count to say that it slept.
const SLEPT_MS: f64 = 2_000.0;

impl Correction {
    /// Takes in that the server's clock showed `server` when the page counted `elapsed_ms`.
    pub fn learn(&mut self, server: DateTime<Utc>, elapsed_ms: f64) {
        if self.is_guess {
            self.samples.clear();
            self.is_guess = false;
        }
        if self.samples.len() == SAMPLES {
            self.samples.pop_front();
        }
        self.samples.push_back(server - milliseconds(elapsed_ms));
    }

    /// Compares the page's own count with the computer's clock. While a computer sleeps the count stands still on most
    /// systems (<https://github.com/w3c/hr-time/issues/115>), and a press that waited would be placed too late. A clock
    /// that somebody set ahead looks the same: the next sample puts that right.
    pub fn watch(&mut self, elapsed_ms: f64, wall_ms: f64) {
        let seen = self.seen.replace((elapsed_ms, wall_ms));
        let Some((elapsed_before, wall_before)) = seen else {
            return;
        };
        let slept = (wall_ms - wall_before) - (elapsed_ms - elapsed_before);
        if slept < SLEPT_MS {
            return;
        }
        if let Some(zero) = self.samples.iter().max().copied() {
            self.samples.clear();
            self.samples.push_back(zero + milliseconds(slept));
            self.is_guess = true;
        }
    }

    /// What the server's clock shows when the page counts `elapsed_ms`; none before the first sample.
    pub fn now(&self, elapsed_ms: f64) -> Option<DateTime<Utc>> {
        let zero = self.samples.iter().max()?;
        Some(*zero + milliseconds(elapsed_ms))
    }
}

fn milliseconds(count: f64) -> TimeDelta {
    // A page would have to stay open for 285,000 years to leave the range.
    TimeDelta::milliseconds(count as i64)
}

/// The page's own count: milliseconds since it was opened, unmoved by whoever sets the computer's clock. Browser only.
pub(super) fn elapsed_ms() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0.0, |performance| performance.now())
}

/// The computer's clock, in milliseconds since 1970; it jumps when somebody sets it. Browser only.
pub(super) fn wall_ms() -> f64 {
    js_sys::Date::now()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn server(ms: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_800_000_000_000 + ms).unwrap()
    }

    #[test]
    fn before_the_first_sample_nothing_is_known() {
        assert_eq!(Correction::default().now(5.0), None);
    }

    #[test]
    fn a_slow_answer_does_not_set_the_clock_back() {
        let mut correction = Correction::default();
        correction.learn(server(1_000), 1_010.0);
        correction.learn(server(2_000), 5_000.0);
        assert_eq!(correction.now(5_000.0), Some(server(4_990)));
    }

    #[test]
    fn a_computer_that_slept_learns_the_time_anew() {
        let mut correction = Correction::default();
        correction.learn(server(1_000), 1_000.0);
        correction.learn(server(3_600_000), 2_000.0);
        assert_eq!(correction.now(2_000.0), Some(server(3_600_000)));
    }

    #[test]
    fn a_computer_that_slept_knows_for_how_long_before_the_server_tells() {
        let mut correction = Correction::default();
        correction.watch(500.0, 70_500.0);
        correction.learn(server(1_000), 1_000.0);
        correction.watch(1_000.0, 71_000.0);
        correction.watch(1_500.0, 71_500.0 + 480_000.0);
        assert_eq!(correction.now(1_500.0), Some(server(481_500)));
    }

    #[test]
    fn a_computer_whose_clock_was_set_follows_the_server_from_the_next_sample_on() {
        let mut correction = Correction::default();
        correction.learn(server(1_000), 1_000.0);
        correction.watch(1_000.0, 0.0);
        correction.watch(2_000.0, 3_601_000.0);
        correction.learn(server(3_000), 3_000.0);
        assert_eq!(correction.now(3_000.0), Some(server(3_000)));
    }

    #[test]
    fn a_clock_that_is_set_back_changes_nothing() {
        let mut correction = Correction::default();
        correction.learn(server(1_000), 1_000.0);
        correction.watch(1_000.0, 9_000_000.0);
        correction.watch(2_000.0, 1_000.0);
        assert_eq!(correction.now(2_000.0), Some(server(2_000)));
    }

    proptest! {
        #[test]
        fn the_estimate_is_never_ahead_and_as_good_as_the_fastest_answer(
            delays in proptest::collection::vec(0i64..5_000, 1..20),
        ) {
            let mut correction = Correction::default();
            for (n, delay) in (0i64..).zip(&delays) {
                let sent = n * 15_000;
                correction.learn(server(sent), (sent + delay) as f64);
            }
            let fastest = delays.iter().min().unwrap();
            prop_assert_eq!(correction.now(1_000_000.0), Some(server(1_000_000 - fastest)));
        }
    }
}
