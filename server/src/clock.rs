//! The clock: the one place where the server reads the time.

use std::{
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use rustix::time::{ClockId, clock_gettime};

use crate::slewed_clock::SlewedClock;

/// The server's clock. Milliseconds, since browsers and both databases keep at least these.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's own, which never goes back while the process runs.
    System,
    /// One that tests turn by hand.
    Manual(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// A clock that stands still until it is turned.
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self::Manual(Arc::new(Mutex::new(start)))
    }

    /// The time, UTC, in whole milliseconds.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => {
                // Both under the lock: a reading that waited for it would be older than one that was given out.
                let mut slewed = lock(&MACHINE);
                slewed.read(wall(), since_boot())
            }
            Self::Manual(time) => *lock(time),
        }
    }

    /// How far the machine's wall clock is ahead of the time that this one says.
    pub fn offset(&self) -> TimeDelta {
        match self {
            Self::System => {
                let mut slewed = lock(&MACHINE);
                let wall = wall();
                wall - slewed.read(wall, since_boot())
            }
            // It follows no other.
            Self::Manual(_) => TimeDelta::zero(),
        }
    }

    /// Turns a clock by hand; the machine's own goes on by itself.
    pub fn advance(&self, by: TimeDelta) {
        match self {
            Self::System => {}
            Self::Manual(time) => *lock(time) += by,
        }
    }
}

/// What the process was told last about the time.
static MACHINE: LazyLock<Mutex<SlewedClock>> =
    LazyLock::new(|| Mutex::new(SlewedClock::new(wall(), since_boot())));

/// How long the machine has been running, by a clock that nobody sets.
fn since_boot() -> Duration {
    let time = clock_gettime(SINCE_BOOT);
    let seconds = Duration::from_secs(time.tv_sec.unsigned_abs());
    seconds + Duration::from_nanos(time.tv_nsec.unsigned_abs())
}

/// It counts the time that the machine sleeps, too, which `Instant` leaves out: after an hour with its lid closed a laptop
/// would be an hour late, and make that up over two days.
#[cfg(target_os = "linux")]
const SINCE_BOOT: ClockId = ClockId::Boottime;

/// Apple's counts the sleep, and others have no clock that does.
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
