//! Something that is held for a limited time only, whatever its holder does.
//!
//! The body of a response is not polled while its client reads nothing, so it can keep no time itself.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;

/// A value that is dropped after some time.
#[derive(Debug)]
pub(crate) struct Lease<T> {
    value: Arc<Mutex<Option<T>>>,
    _expiry: AbortOnDropHandle<()>,
}

impl<T: Send + 'static> Lease<T> {
    /// Holds this for so long.
    pub(crate) fn new(value: T, longest: Duration) -> Self {
        let value = Arc::new(Mutex::new(Some(value)));
        let held = value.clone();
        let expiry = tokio::spawn(async move {
            sleep(longest).await;
            lock(&held).take();
        });
        Self {
            value,
            _expiry: AbortOnDropHandle::new(expiry),
        }
    }

    /// Does something with it; `None` if it was held for too long.
    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> Option<R> {
        lock(&self.value).as_mut().map(act)
    }

    /// Takes it out; `None` if it was held for too long.
    pub(crate) fn take(self) -> Option<T> {
        lock(&self.value).take()
    }
}

fn lock<T>(value: &Mutex<Option<T>>) -> MutexGuard<'_, Option<T>> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_held_for_too_long_is_dropped_without_its_holder() {
        let held = Arc::new(());
        let lease = Lease::new(held.clone(), Duration::from_millis(50));
        assert!(lease.with(|_| ()).is_some());
        while Arc::strong_count(&held) > 1 {
            sleep(Duration::from_millis(10)).await;
        }
        assert!(lease.with(|_| ()).is_none() && lease.take().is_none());

        let lease = Lease::new(held.clone(), Duration::from_secs(60));
        assert!(lease.take().is_some());
        assert_eq!(Arc::strong_count(&held), 1);
    }
}
