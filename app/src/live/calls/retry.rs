//! Calls to the server that always come to an end, whatever the network does. Browser only.

use std::pin::pin;

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;

use super::backoff;
use crate::{live::browser::random, service::ServiceError};

/// How long an answer may take, in milliseconds.
const LONGEST_ANSWER_MS: u32 = 10_000;

/// How often a call is made that gets no answer.
const ATTEMPTS: u32 = 5;

/// The answer to a call, but not forever: on a half-dead connection it can take a quarter of an hour. Whether an abandoned
/// call arrived is unknown.
pub async fn with_timeout<T>(
    call: impl Future<Output = Result<T, ServiceError>>,
) -> Result<T, ServiceError> {
    let too_long = pin!(TimeoutFuture::new(LONGEST_ANSWER_MS));
    match select(pin!(call), too_long).await {
        Either::Left((answer, _)) => answer,
        // Dropping the call ends it.
        Either::Right(((), _)) => Err(ServiceError::Unreachable),
    }
}

/// The answer to a call that may be repeated: it is, as long as the error is retryable.
pub(crate) async fn with_retry<T, F>(call: impl Fn() -> F) -> Result<T, ServiceError>
where
    F: Future<Output = Result<T, ServiceError>>,
{
    let mut attempts = 0;
    loop {
        let answer = with_timeout(call()).await;
        attempts += 1;
        match answer {
            Err(error) if error.is_retryable() && attempts < ATTEMPTS => {
                let ms = backoff::after_ms(&error, attempts, random::fraction());
                TimeoutFuture::new(ms).await;
            }
            answer => return answer,
        }
    }
}
