//! Keeps the name of what is asked until it was answered, so that pressing the button again is a retry.

use leptos::prelude::*;

use crate::{domain::idempotency::IdempotencyKey, live::random};

/// The name of what is asked. An answer can be lost, or "busy" be told of something that is done all the same: whoever then
/// presses the button again gets the first answer.
#[derive(Clone, Copy)]
pub struct RetryKey(StoredValue<Option<IdempotencyKey>>);

/// The name of what the component that asks for it asks next.
pub fn use_retry_key() -> RetryKey {
    RetryKey(StoredValue::new(None))
}

impl RetryKey {
    /// The key to ask with, made when it is first asked for. Browser only.
    pub fn get(self) -> IdempotencyKey {
        let kept = self.0.get_value();
        let key = kept.unwrap_or_else(random::idempotency_key);
        self.0.set_value(Some(key));
        key
    }

    /// It was answered: what is asked next is something else.
    pub fn renew(self) {
        self.0.set_value(None);
    }
}
