//! The page's estimate of the server's clock: the segment's clock must not depend on a viewer's own clock.

use std::collections::VecDeque;

use chrono::{DateTime, Datelike, TimeDelta, Utc};

/// How many samples are used: about five minutes of heartbeats, so that clock drift is followed.
const SAMPLES: usize = 20;

/// The difference between the server's clock and the page's own count of milliseconds.
///
/// A sample is too small by its travel time, and never too large; so the largest of the recent ones is the best.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Correction {
    samples: VecDeque<DateTime<Utc>>,
    /// Whether the only sample is a guess, made when the computer woke up.
    is_guess: bool,
    /// The page's own count and the computer's clock when they were last looked at, in milliseconds.
    seen: Option<(f64, f64)>,
    /// The time at which the page's count began by the computer's own clock, if that was needed before the first sample.
    provisional: Option<DateTime<Utc>>,
}

/// What a page's clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// UTC.
    pub time: DateTime<Utc>,
    /// Whether this is only the computer's own clock, which may be hours off, because the server's is not known yet.
    pub is_provisional: bool,
}

/// How many milliseconds the computer's clock must have run ahead of the page's count to conclude that it slept.
const SLEPT_MS: f64 = 2_000.0;

impl Correction {
    /// Records that the server's clock showed `server` when the page had counted `elapsed_ms` and the computer's clock showed
    /// `wall_ms`. If provisional times were read before, returns how far they were behind, which is their correction.
    pub fn learn(
        &mut self,
        server: DateTime<Utc>,
        elapsed_ms: f64,
        wall_ms: f64,
    ) -> Option<TimeDelta> {
        // First: a sleep that is noticed afterwards would be added to this sample, which contains it.
        self.watch(elapsed_ms, wall_ms);
        if self.is_guess {
            self.samples.clear();
            self.is_guess = false;
        }
        if self.samples.len() == SAMPLES {
            self.samples.pop_front();
        }
        let zero = server - milliseconds(elapsed_ms);
        self.samples.push_back(zero);
        self.provisional
            .take()
            .map(|provisional| zero - provisional)
    }

    /// Compares the page's own count with the computer's clock. While a computer sleeps, the count stands still on most
    /// systems (<https://github.com/w3c/hr-time/issues/115>), and a press that waited would be placed too late. A clock
    /// that was set forward looks the same; the next sample corrects that.
    pub fn watch(&mut self, elapsed_ms: f64, wall_ms: f64) {
        let seen = self.seen.replace((elapsed_ms, wall_ms));
        let Some((elapsed_before, wall_before)) = seen else {
            return;
        };
        let slept = (wall_ms - wall_before) - (elapsed_ms - elapsed_before);
        if slept < SLEPT_MS {
            return;
        }
        if let Some(zero) = &mut self.provisional {
            *zero += milliseconds(slept);
        }
        if let Some(zero) = self.samples.iter().max().copied() {
            self.samples.clear();
            self.samples.push_back(zero + milliseconds(slept));
            self.is_guess = true;
        }
    }

    /// The time when the page has counted `elapsed_ms` and the computer's clock shows `wall_ms`: the server's time, or
    /// until that is known the computer's own. All provisional times of one page have the same zero, so their differences
    /// are right whatever the computer's clock says.
    pub fn read(&mut self, elapsed_ms: f64, wall_ms: f64) -> Reading {
        self.watch(elapsed_ms, wall_ms);
        if let Some(time) = self.now(elapsed_ms) {
            return Reading {
                time,
                is_provisional: false,
            };
        }
        let zero = self
            .provisional
            .get_or_insert_with(|| from_wall_ms(wall_ms - elapsed_ms));
        Reading {
            time: *zero + milliseconds(elapsed_ms),
            is_provisional: true,
        }
    }

    /// The server's time when the page has counted `elapsed_ms`; `None` before the first sample.
    pub fn now(&self, elapsed_ms: f64) -> Option<DateTime<Utc>> {
        let zero = self.samples.iter().max()?;
        Some(*zero + milliseconds(elapsed_ms))
    }
}

fn milliseconds(count: f64) -> TimeDelta {
    // A page would have to stay open for 285,000 years to leave the range.
    TimeDelta::milliseconds(count as i64)
}

/// The page's own count: milliseconds since it was opened, independent of the computer's clock. Browser only.
pub(crate) fn elapsed_ms() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0.0, |performance| performance.now())
}

/// The time of the computer's clock; it can be wrong, and jumps when it is set. Browser only.
pub(super) fn wall() -> DateTime<Utc> {
    from_wall_ms(wall_ms())
}

/// The current year, UTC, by the computer's clock, for pages that are told no other time. Browser only.
pub(crate) fn this_year() -> i32 {
    wall().year()
}

fn from_wall_ms(ms: f64) -> DateTime<Utc> {
    // A computer that is set to another age of the world gets the beginning of ours.
    DateTime::from_timestamp_millis(ms as i64).unwrap_or_default()
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
        correction.learn(server(1_000), 1_010.0, 1_010.0);
        correction.learn(server(2_000), 5_000.0, 5_000.0);
        assert_eq!(correction.now(5_000.0), Some(server(4_990)));
    }

    #[test]
    fn a_computer_that_slept_learns_the_time_anew() {
        let mut correction = Correction::default();
        correction.learn(server(1_000), 1_000.0, 1_000.0);
        correction.learn(server(3_600_000), 2_000.0, 2_000.0);
        assert_eq!(correction.now(2_000.0), Some(server(3_600_000)));
    }

    #[test]
    fn a_computer_that_slept_knows_for_how_long_before_the_server_tells() {
        let mut correction = Correction::default();
        correction.watch(500.0, 70_500.0);
        correction.learn(server(1_000), 1_000.0, 71_000.0);
        correction.watch(1_000.0, 71_000.0);
        correction.watch(1_500.0, 71_500.0 + 480_000.0);
        assert_eq!(correction.now(1_500.0), Some(server(481_500)));
    }

    #[test]
    fn a_computer_whose_clock_was_set_follows_the_server_from_the_next_sample_on() {
        let mut correction = Correction::default();
        correction.learn(server(1_000), 1_000.0, 0.0);
        correction.watch(1_000.0, 0.0);
        correction.watch(2_000.0, 3_601_000.0);
        correction.learn(server(3_000), 3_000.0, 3_602_000.0);
        assert_eq!(correction.now(3_000.0), Some(server(3_000)));
    }

    #[test]
    fn a_clock_that_is_set_back_changes_nothing() {
        let mut correction = Correction::default();
        correction.learn(server(1_000), 1_000.0, 9_000_000.0);
        correction.watch(1_000.0, 9_000_000.0);
        correction.watch(2_000.0, 1_000.0);
        assert_eq!(correction.now(2_000.0), Some(server(2_000)));
    }

    fn provisional(ms: i64) -> Reading {
        Reading {
            time: server(ms),
            is_provisional: true,
        }
    }

    /// What a computer's clock shows, in milliseconds since 1970, that is so many hours off at this moment.
    fn wall(hours_off: i64, ms: i64) -> f64 {
        (server(ms).timestamp_millis() + hours_off * 3_600_000) as f64
    }

    #[test]
    fn before_the_server_tells_the_time_the_computers_own_clock_is_read_and_said_to_be_so() {
        let mut correction = Correction::default();
        assert_eq!(correction.read(40.0, wall(0, 40)), provisional(40));
        // Somebody sets it back: what lies between two readings is still what the page counted.
        assert_eq!(correction.read(90.0, wall(-1, 90)), provisional(90));
    }

    #[test]
    fn the_first_word_of_the_server_tells_how_far_provisional_times_were_behind() {
        for hours_off in [-7, 0, 5] {
            let mut correction = Correction::default();
            let pressed = correction.read(40.0, wall(hours_off, 40));
            let behind = correction
                .learn(server(2_000), 2_000.0, wall(hours_off, 2_000))
                .unwrap();
            assert_eq!(pressed.time + behind, server(40));
            assert_eq!(
                correction.learn(server(3_000), 3_000.0, wall(hours_off, 3_000)),
                None
            );
            let read = correction.read(4_000.0, wall(hours_off, 4_000));
            assert_eq!((read.time, read.is_provisional), (server(4_000), false));
        }
    }

    #[test]
    fn a_computer_that_slept_before_the_server_told_the_time_still_places_its_presses() {
        let mut correction = Correction::default();
        let pressed = correction.read(40.0, wall(3, 40));
        correction.watch(50.0, wall(3, 600_050));
        let later = correction.read(60.0, wall(3, 600_060));
        assert_eq!(later.time - pressed.time, TimeDelta::milliseconds(600_020));
        let behind = correction
            .learn(server(600_100), 100.0, wall(3, 600_100))
            .unwrap();
        assert_eq!(pressed.time + behind, server(40));
    }

    proptest! {
        #[test]
        fn a_computer_that_slept_counts_that_once_whether_the_server_or_the_page_tells_first(
            slept in 0i64..86_400_000,
            tells_first: bool,
        ) {
            let mut correction = Correction::default();
            correction.learn(server(1_000), 1_000.0, wall(0, 1_000));
            correction.watch(1_500.0, wall(0, 1_500));
            let awake = 2_000 + slept;
            if !tells_first {
                correction.watch(2_000.0, wall(0, awake));
            }
            correction.learn(server(awake), 2_000.0, wall(0, awake));
            correction.watch(2_100.0, wall(0, awake + 100));
            prop_assert_eq!(correction.now(2_100.0), Some(server(awake + 100)));
        }

        #[test]
        fn the_estimate_is_never_ahead_and_as_good_as_the_fastest_answer(
            delays in proptest::collection::vec(0i64..5_000, 1..20),
        ) {
            let mut correction = Correction::default();
            for (n, delay) in (0i64..).zip(&delays) {
                let sent = n * 15_000;
                correction.learn(server(sent), (sent + delay) as f64, (sent + delay) as f64);
            }
            let fastest = delays.iter().min().unwrap();
            prop_assert_eq!(correction.now(1_000_000.0), Some(server(1_000_000 - fastest)));
        }
    }
}
