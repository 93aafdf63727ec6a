//! Randomness in the browser. Only in effects and event handlers.

use chrono::{DateTime, Utc};

use crate::domain::{
    idempotency::IdempotencyKey, moderation::ModerationId, moments::moment::MomentId,
    presence::TabId, timestamp::TimestampId,
};

/// At least 0, less than 1; for waits, not for secrets.
pub(crate) fn fraction() -> f64 {
    js_sys::Math::random()
}

/// A number that hardly any other tab has.
pub(crate) fn number() -> u32 {
    u32::from_ne_bytes(bytes())
}

/// A new id for a press made now: a UUIDv7, so that the database stores neighbours next to each other.
pub fn timestamp_id(now: DateTime<Utc>) -> TimestampId {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    TimestampId(uuid::Builder::from_unix_timestamp_millis(millis, &bytes()).into_uuid())
}

/// A new id for a moderation action: a random UUID.
pub fn moderation_id() -> ModerationId {
    ModerationId(uuid::Builder::from_random_bytes(bytes()).into_uuid())
}

/// A new id for a moment that somebody makes: a random UUID.
pub fn moment_id() -> MomentId {
    MomentId(uuid::Builder::from_random_bytes(bytes()).into_uuid())
}

/// A new id for a staff page: a random UUID.
pub(crate) fn tab_id() -> TabId {
    TabId(uuid::Builder::from_random_bytes(bytes()).into_uuid())
}

/// A new idempotency key for a request: a random UUID.
pub fn idempotency_key() -> IdempotencyKey {
    IdempotencyKey(uuid::Builder::from_random_bytes(bytes()).into_uuid())
}

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let filled = web_sys::window()
        .and_then(|window| window.crypto().ok())
        .is_some_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
    if !filled {
        // Every browser that runs this page has `crypto`; a weaker id is still better than a lost press.
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
    bytes
}
