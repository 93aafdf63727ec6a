//! A clock that is slewed towards a reference: it never goes backwards, and a jump of the reference by less than two hours
//! distorts no running segment.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// One part in this many of elapsed time: the rate at which a wrong time is corrected, 18 s per hour.
const SLEW: i32 = 200;
/// If the reference is this far ahead, follow it at once: it was set after boot, or the machine was suspended.
const STEP_THRESHOLD: TimeDelta = TimeDelta::hours(2);

/// The last time that was returned.
#[derive(Clone, Copy, Debug)]
pub struct SlewedClock {
    time: DateTime<Utc>,
    passed: Duration,
    /// A reference that replaces the wall clock: its time, and when it was read.
    reference: Option<(DateTime<Utc>, Duration)>,
}

impl SlewedClock {
    /// Starts at the wall clock, which is its reference. `passed` is read from a clock that nobody can set.
    pub fn new(wall: DateTime<Utc>, passed: Duration) -> Self {
        Self {
            time: wall,
            passed,
            reference: None,
        }
    }

    /// From now on, the reference is another clock, which is this far ahead of the time that was last returned. The time is
    /// slewed towards it.
    pub fn follow(&mut self, ahead: TimeDelta) {
        self.reference = Some((self.time + ahead, self.passed));
    }

    /// As `follow`, but takes over the other clock's time at once, even backwards. To be called before anybody is told the
    /// time.
    pub fn step(&mut self, ahead: TimeDelta) {
        self.time += ahead;
        self.follow(TimeDelta::zero());
    }

    /// The time, in whole milliseconds: advanced by the elapsed time, and slewed towards the reference.
    pub fn read(&mut self, wall: DateTime<Utc>, passed: Duration) -> DateTime<Utc> {
        let reference = match self.reference {
            Some((time, read_at)) => {
                let since = TimeDelta::from_std(passed.saturating_sub(read_at));
                time + since.unwrap_or_default()
            }
            None => wall,
        };
        let since = passed.saturating_sub(self.passed);
        let since = TimeDelta::from_std(since).unwrap_or_default();
        let most = since / SLEW;
        let next = self.time + since;
        let ahead = reference - next;
        self.time = if ahead >= STEP_THRESHOLD {
            reference
        } else {
            next + ahead.clamp(-most, most)
        };
        self.passed = self.passed.max(passed);
        self.time.trunc_subsecs(3)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(milliseconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_800_000_000_000 + milliseconds).unwrap()
    }

    /// What happens between two readings: this many milliseconds pass, and the wall clock is set by this many.
    fn looks() -> impl Strategy<Value = Vec<(u32, i64)>> {
        let set = prop_oneof![
            4 => Just(0),
            1 => -100_000_000..100_000_000_i64,
            1 => -40_000..40_000_i64,
        ];
        prop::collection::vec((0..20_000_u32, set), 1..60)
    }

    proptest! {
        #[test]
        fn time_never_goes_back_whatever_the_wall_clock_does(looks in looks()) {
            let (mut wall, mut passed) = (0, Duration::ZERO);
            let mut clock = SlewedClock::new(at(wall), passed);
            let mut last = at(wall);
            for (milliseconds, set) in looks {
                wall += i64::from(milliseconds) + set;
                passed += Duration::from_millis(milliseconds.into());
                let now = clock.read(at(wall), passed);
                prop_assert!(now >= last);
                last = now;
            }
        }

        #[test]
        fn time_never_goes_back_whatever_another_clock_says(looks in looks()) {
            let mut passed = Duration::ZERO;
            let mut clock = SlewedClock::new(at(0), passed);
            let mut last = at(0);
            for (milliseconds, ahead) in looks {
                passed += Duration::from_millis(milliseconds.into());
                let now = clock.read(at(0), passed);
                prop_assert!(now >= last);
                clock.follow(TimeDelta::milliseconds(ahead));
                prop_assert!(clock.read(at(0), passed) >= now);
                last = now;
            }
        }

        /// Readings once a minute are inaccurate because of how long the answers take.
        #[test]
        fn two_that_follow_one_clock_agree_however_wrong_their_own_are(
            wrong in (-10_000_000..10_000_000_i64, -10_000_000..10_000_000_i64),
            errors in prop::collection::vec((-20..20_i64, -20..20_i64), 1..30),
        ) {
            let (mut one, mut other) = (
                SlewedClock::new(at(wrong.0), Duration::ZERO),
                SlewedClock::new(at(wrong.1), Duration::ZERO),
            );
            one.step(TimeDelta::milliseconds(-wrong.0));
            other.step(TimeDelta::milliseconds(-wrong.1));
            for (minute, error) in (1..).zip(errors) {
                let (true_time, passed) = (at(minute * 60_000), Duration::from_secs(60 * minute.unsigned_abs()));
                for (clock, wrong, error) in [(&mut one, wrong.0, error.0), (&mut other, wrong.1, error.1)] {
                    let now = clock.read(at(minute * 60_000 + wrong), passed);
                    clock.follow(true_time - now + TimeDelta::milliseconds(error));
                }
                let apart = one.read(at(0), passed) - other.read(at(0), passed);
                prop_assert!(apart.abs() <= TimeDelta::milliseconds(42), "{apart}");
            }
        }

        #[test]
        fn as_much_goes_by_as_has_passed_where_the_wall_clock_is_set_by_less_than_two_hours(
            looks in prop::collection::vec((0..20_000_u32, -60_000..60_000_i64), 1..60),
        ) {
            let (mut wall, mut passed) = (0, Duration::ZERO);
            let mut clock = SlewedClock::new(at(wall), passed);
            for (milliseconds, set) in looks {
                wall += i64::from(milliseconds) + set;
                passed += Duration::from_millis(milliseconds.into());
                let now = (clock.read(at(wall), passed) - at(0)).num_milliseconds();
                let true_time = i64::try_from(passed.as_millis()).unwrap();
                prop_assert!((now - true_time).abs() <= true_time / i64::from(SLEW) + 1);
            }
        }
    }

    #[test]
    fn a_wrong_time_comes_right_in_the_end() {
        for wrong in [-30_000, 30_000, 3_600_000] {
            let mut clock = SlewedClock::new(at(0), Duration::ZERO);
            let mut now = at(0);
            for hour in 1..=240 {
                let milliseconds: i64 = hour * 3_600_000;
                let passed = Duration::from_millis(milliseconds.unsigned_abs());
                now = clock.read(at(milliseconds + wrong), passed);
            }
            assert_eq!(now, at(240 * 3_600_000 + wrong));
        }
    }

    #[test]
    fn a_machine_that_slept_has_the_time_at_once() {
        let mut clock = SlewedClock::new(at(0), Duration::ZERO);
        let slept = 8 * 3_600_000;
        assert_eq!(clock.read(at(slept), Duration::from_secs(1)), at(slept));
    }
}
