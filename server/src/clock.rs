//! The clock: the only place where the server reads the time.

use std::{
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use rustix::time::{ClockId, clock_gettime};

use crate::slewed_clock::SlewedClock;

/// The server's clock. Millisecond precision, because browsers and both databases keep at least that.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The clock of this machine, which never goes backwards while the process runs.
    System,
    /// The clock of another machine, for tests with several machines.
    Other(Arc<Machine>),
    /// A clock that tests set by hand.
    Manual(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// A clock that stands still until it is advanced.
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self::Manual(Arc::new(Mutex::new(start)))
    }

    /// The clock of a machine whose wall clock is this far ahead of the true time.
    pub fn wrong_by(ahead: TimeDelta) -> Self {
        Self::Other(Arc::new(Machine::new(ahead)))
    }

    /// The current time in UTC, in whole milliseconds.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => MACHINE.read().0,
            Self::Other(machine) => machine.read().0,
            Self::Manual(time) => *lock(time),
        }
    }

    /// How far the machine's wall clock is ahead of this clock.
    pub fn offset(&self) -> TimeDelta {
        let (now, wall) = match self {
            Self::System => MACHINE.read(),
            Self::Other(machine) => machine.read(),
            // A manual clock follows no other clock.
            Self::Manual(_) => return TimeDelta::zero(),
        };
        wall - now
    }

    /// The time, or the machine's wall clock if that is behind it. For what is deleted for good because of its age: one of the
    /// two may be wrong.
    pub fn cautious_now(&self) -> DateTime<Utc> {
        self.now() + self.offset().min(TimeDelta::zero())
    }

    /// Takes over the time of another clock, which is this far ahead, and follows that one instead of the machine's wall
    /// clock. The time may go backwards here, so it is for the start, before anybody is told the time. Has no effect on a
    /// manual clock.
    pub fn step(&self, ahead: TimeDelta) {
        self.change(|slewed| slewed.step(ahead));
    }

    /// Follows another clock, which is this far ahead: slowly, and never backwards. Has no effect on a manual clock.
    pub fn follow(&self, ahead: TimeDelta) {
        self.change(|slewed| slewed.follow(ahead));
    }

    fn change(&self, change: impl FnOnce(&mut SlewedClock)) {
        match self {
            Self::System => change(&mut lock(&MACHINE.slewed)),
            Self::Other(machine) => change(&mut lock(&machine.slewed)),
            Self::Manual(_) => {}
        }
    }

    /// Advances a manual clock; has no effect on a machine's.
    pub fn advance(&self, by: TimeDelta) {
        match self {
            Self::System | Self::Other(_) => {}
            Self::Manual(time) => *lock(time) += by,
        }
    }
}

/// The clocks of one machine, and the last time that was returned.
#[derive(Debug)]
pub struct Machine {
    slewed: Mutex<SlewedClock>,
    /// How far its wall clock is ahead of this machine's: zero except in tests.
    ahead: TimeDelta,
}

impl Machine {
    fn new(ahead: TimeDelta) -> Self {
        let slewed = Mutex::new(SlewedClock::new(wall() + ahead, since_boot()));
        Self { slewed, ahead }
    }

    /// The slewed time and the wall clock.
    fn read(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        // Both are read under the lock: a reading taken before it could be older than one already returned.
        let mut slewed = lock(&self.slewed);
        let wall = wall() + self.ahead;
        (slewed.read(wall, since_boot()), wall)
    }
}

/// The machine that the process runs on.
static MACHINE: LazyLock<Machine> = LazyLock::new(|| Machine::new(TimeDelta::zero()));

/// Time since boot, by a clock that nobody can set.
fn since_boot() -> Duration {
    let time = clock_gettime(SINCE_BOOT);
    let seconds = Duration::from_secs(time.tv_sec.unsigned_abs());
    seconds + Duration::from_nanos(time.tv_nsec.unsigned_abs())
}

/// Includes the time that the machine is suspended, which `Instant` leaves out: after an hour with its lid closed, a laptop
/// would be an hour behind and take more than a week to catch up.
#[cfg(target_os = "linux")]
const SINCE_BOOT: ClockId = ClockId::Boottime;

/// On Apple systems this clock includes suspended time; other systems have no clock that does.
#[cfg(not(target_os = "linux"))]
const SINCE_BOOT: ClockId = ClockId::Monotonic;

fn wall() -> DateTime<Utc> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock"
    )]
    Utc::now()
}

fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
