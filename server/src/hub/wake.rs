//! Wakes a pump, and remembers since when, which is where the latency of its frames is measured from.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::sync::Notify;

/// Wakes one pump.
#[derive(Debug, Default)]
pub(super) struct Wake {
    notify: Notify,
    /// The time of the first wake-up that it has not handled yet.
    since: Mutex<Option<Instant>>,
}

impl Wake {
    /// Something was committed. Calls before the pump's next read count as one.
    pub(super) fn notify(&self) {
        self.since().get_or_insert_with(Instant::now);
        self.notify.notify_one();
    }

    /// Wakes the pump without a commit.
    pub(super) fn notify_untimed(&self) {
        self.notify.notify_one();
    }

    /// Waits until it is notified.
    pub(super) async fn notified(&self) {
        self.notify.notified().await;
    }

    /// Takes the time of the first wake-up. Later wake-ups are for later commits.
    pub(super) fn take(&self) -> Option<Instant> {
        self.since().take()
    }

    /// Restores a wake-up that could not be handled, with its original time.
    pub(super) fn put_back(&self, since: Option<Instant>) {
        if let Some(since) = since {
            *self.since() = Some(since);
        }
        self.notify.notify_one();
    }

    fn since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn lateness_counts_from_the_first_call_also_where_it_could_not_be_answered() {
        let wake = Wake::default();
        wake.notify();
        let first = wake.take();
        assert!(first.is_some());
        assert_eq!(wake.take(), None);

        std::thread::sleep(Duration::from_millis(2));
        wake.notify();
        wake.put_back(first);
        wake.notified().await;
        assert_eq!(wake.take(), first);
    }
}
