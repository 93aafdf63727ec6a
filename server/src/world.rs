//! Time and randomness: the one place where the server reads the clock and asks the operating system for random bytes.

use std::{
    sync::{Arc, LazyLock, Mutex},
    time::Instant,
};

use app::domain::timestamp::TimestampId;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::steady::Steady;

/// The server's clock. Milliseconds, since browsers and both databases keep at least these.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's own, which never goes back while the process runs.
    System,
    /// One that tests turn by hand.
    Hand(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// A clock that stands still until it is turned.
    pub fn by_hand(start: DateTime<Utc>) -> Self {
        Self::Hand(Arc::new(Mutex::new(start)))
    }

    /// The time, UTC, in whole milliseconds.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => {
                let (begun, steady) = &*MACHINE;
                // Both under the lock: a reading that waited for it would be older than one that was given out.
                let mut steady = lock(steady);
                steady.read(wall(), begun.elapsed())
            }
            Self::Hand(time) => *lock(time),
        }
    }

    /// Turns a clock by hand; the machine's own goes on by itself.
    pub fn turn(&self, by: TimeDelta) {
        match self {
            Self::System => {}
            Self::Hand(time) => *lock(time) += by,
        }
    }
}

/// When the process first asked for the time, and what it was told last.
static MACHINE: LazyLock<(Instant, Mutex<Steady>)> = LazyLock::new(|| {
    let steady = Steady::new(wall(), std::time::Duration::ZERO);
    (Instant::now(), Mutex::new(steady))
});

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
