//! Randomness: the only place where the server asks the operating system for random bytes.

use app::domain::timestamp::TimestampId;
use uuid::Uuid;

use crate::clock::Clock;

/// Random bytes from the operating system.
///
/// # Panics
/// If the operating system has none: no key can be created then.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::expect_used, reason = "without randomness no key can be made")]
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A random (version 4) UUID.
pub fn uuid() -> Uuid {
    uuid::Builder::from_random_bytes(bytes()).into_uuid()
}

/// A new timestamp id (UUIDv7), for pages without scripts.
pub fn timestamp_id(clock: &Clock) -> TimestampId {
    let milliseconds = u64::try_from(clock.now().timestamp_millis()).unwrap_or_default();
    let id = uuid::Builder::from_unix_timestamp_millis(milliseconds, &bytes());
    TimestampId(id.into_uuid())
}
