//! Time and randomness: the one place where the server reads the clock and asks the operating system for random bytes.

use std::{
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use app::domain::timestamp::TimestampId;
use chrono::{DateTime, TimeDelta, Utc};
use rustix::time::{ClockId, clock_gettime};
use uuid::Uuid;

use crate::steady::SlewedClock;

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
                let mut steady = lock(&MACHINE);
                steady.read(wall(), since_boot())
            }
            Self::Manual(time) => *lock(time),
        }
    }

    /// How far the machine's wall clock is ahead of the time that this one says.
    pub fn offset(&self) -> TimeDelta {
        match self {
            Self::System => {
                let mut steady = lock(&MACHINE);
                let wall = wall();
                wall - steady.read(wall, since_boot())
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

/// Random bytes from the operating system.
///
/// # Panics
/// When the operating system has none to give: no key can be made then.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::expect_used, reason = "without randomness no key can be made")]
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A random (version 4) UUID.
pub fn random_uuid() -> Uuid {
    uuid::Builder::from_random_bytes(random_bytes()).into_uuid()
}

/// A new timestamp's id (UUIDv7), for pages without scripts.
pub fn timestamp_id(clock: &Clock) -> TimestampId {
    let milliseconds = u64::try_from(clock.now().timestamp_millis()).unwrap_or_default();
    let id = uuid::Builder::from_unix_timestamp_millis(milliseconds, &random_bytes());
    TimestampId(id.into_uuid())
}
