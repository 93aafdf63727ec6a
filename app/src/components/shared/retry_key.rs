//! Keeps the idempotency key of a request until it is answered, so that pressing the button again is a retry.

use crate::{
    domain::idempotency::IdempotencyKey,
    live::{browser::random, signals::views::*},
    service::ServiceError,
};

/// The idempotency key of a request. An answer can be lost, or "busy" be reported for something that is done all the same:
/// pressing the button again then gets the first answer.
#[derive(Clone, Copy)]
pub struct RetryKey(StoredValue<Option<IdempotencyKey>>);

/// A retry key of the component that asks for it; no idempotency key exists yet.
pub fn use_retry_key() -> RetryKey {
    RetryKey(StoredValue::new(None))
}

impl RetryKey {
    /// The key, created when it is first needed. Browser only.
    pub fn get(self) -> IdempotencyKey {
        let kept = self.0.get_value();
        let key = kept.unwrap_or_else(random::idempotency_key);
        self.0.set_value(Some(key));
        key
    }

    /// An answer settles the request, unless the error is retryable: then the next attempt is the same request.
    pub fn heard<T>(self, answer: &Result<T, &ServiceError>) {
        if !matches!(answer, Err(error) if error.is_retryable()) {
            self.renew();
        }
    }

    /// The request is settled: the next one is a different one.
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
                // What was created has been revoked since, so repeating the request can never succeed.
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
