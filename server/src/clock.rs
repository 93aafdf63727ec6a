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
    /// The machine's clock, which never goes backwards while the process runs.
    System,
    /// A clock that tests set by hand.
    Manual(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// A clock that stands still until it is advanced.
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self::Manual(Arc::new(Mutex::new(start)))
    }

    /// The current time in UTC, in whole milliseconds.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => {
                // Both are read under the lock: a reading taken before it could be older than one already returned.
                let mut slewed = lock(&MACHINE);
                slewed.read(wall(), since_boot())
            }
            Self::Manual(time) => *lock(time),
        }
    }

    /// How far the machine's wall clock is ahead of this clock.
    pub fn offset(&self) -> TimeDelta {
        match self {
            Self::System => {
                let mut slewed = lock(&MACHINE);
                let wall = wall();
                wall - slewed.read(wall, since_boot())
            }
            // A manual clock follows no other clock.
            Self::Manual(_) => TimeDelta::zero(),
        }
    }

    /// Advances a manual clock; has no effect on the machine's own.
    pub fn advance(&self, by: TimeDelta) {
        match self {
            Self::System => {}
            Self::Manual(time) => *lock(time) += by,
        }
    }
}

/// The process's clock state.
static MACHINE: LazyLock<Mutex<SlewedClock>> =
    LazyLock::new(|| Mutex::new(SlewedClock::new(wall(), since_boot())));

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
