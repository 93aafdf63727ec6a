//! Keeps the name of what is asked until it was answered, so that pressing the button again is a retry.

use leptos::prelude::*;

use crate::{domain::idempotency::IdempotencyKey, live::browser::random, service::ServiceError};

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

    /// What was answered settles it, unless that passes: then the next attempt asks for the same.
    pub fn heard<T>(self, answer: &Result<T, &ServiceError>) {
        if !matches!(answer, Err(error) if error.is_retryable()) {
            self.renew();
        }
    }

    /// It was answered: what is asked next is something else.
    pub fn renew(self) {
        self.0.set_value(None);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_what_passes_is_asked_for_again() {
        Owner::new().with(|| {
            let key = use_retry_key();
            let kept = Some(IdempotencyKey(Uuid::nil()));
            for (answer, stays) in [
                (Ok(()), false),
                (Err(&ServiceError::Unavailable { seconds: 1 }), true),
                (Err(&ServiceError::Unreachable), true),
                // What was made was revoked since: to ask for it again gives nothing for ever.
                (Err(&ServiceError::InvalidLink), false),
                (Err(&ServiceError::TooManyLinks), false),
            ] {
                key.0.set_value(kept);
                key.heard(&answer);
                assert_eq!(key.0.get_value().is_some(), stays, "{answer:?}");
            }
        });
    }
}
