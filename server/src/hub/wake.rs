//! Wakes a pump, and remembers since when it is called: how late its frames leave is counted from there.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::sync::Notify;

/// Wakes one pump.
#[derive(Debug, Default)]
pub(super) struct Wake {
    notify: Notify,
    /// When it was called first, of what it has not read yet.
    since: Mutex<Option<Instant>>,
}

impl Wake {
    /// Something was committed. Calls before the pump looks are one.
    pub(super) fn notify(&self) {
        self.since().get_or_insert_with(Instant::now);
        self.notify.notify_one();
    }

    /// Wakes the pump for no commit.
    pub(super) fn notify_untimed(&self) {
        self.notify.notify_one();
    }

    /// Waits until it is notified.
    pub(super) async fn notified(&self) {
        self.notify.notified().await;
    }

    /// Since when it is called. From here on a call is for what comes after.
    pub(super) fn take(&self) -> Option<Instant> {
        self.since().take()
    }

    /// What was taken could not be read: the call stands, and since then.
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
