//! Load shedding, by how late the server is with its work.
//!
//! Under load presses come first, then live streams, then pages: clients that can retry without losing anything are told
//! to.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use app::service::ServiceError;
use tokio::time::{Instant, sleep};

use crate::{metrics::Metrics, supervised::supervise, task::Task};

/// How often lateness is measured.
const SAMPLE_INTERVAL: Duration = Duration::from_millis(50);
/// At this lateness, pages are refused.
const PAGES_SHED_AFTER: Duration = Duration::from_secs(1);
/// At this lateness, live streams are refused too.
const STREAMS_SHED_AFTER: Duration = Duration::from_secs(2);
/// Seconds after which a client may retry.
const RETRY_AFTER_SECONDS: u16 = 3;

/// Work that can wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Building a page or a snapshot. One that is in memory is served all the same: a refusal would cost as much.
    Page,
    /// A live stream.
    Stream,
}

impl Work {
    fn shed_after(self) -> Duration {
        match self {
            Self::Page => PAGES_SHED_AFTER,
            Self::Stream => STREAMS_SHED_AFTER,
        }
    }
}

/// Sheds load by how late the server is. Cheap to clone.
#[derive(Clone, Default)]
pub struct LoadShedder {
    late_ms: Arc<AtomicU64>,
}

impl LoadShedder {
    /// Not monitored: nothing is ever refused.
    pub fn disabled() -> Self {
        Self::default()
    }

    /// Monitors lateness for as long as a clone of this exists.
    pub fn start(metrics: &Metrics) -> Self {
        let shedder = Self::default();
        let watched = Arc::downgrade(&shedder.late_ms);
        supervise(Task::LoadShedding, metrics, move || watch(watched.clone()));
        shedder
    }

    /// Sets the lateness by hand, for tests: nothing else does if it is not monitored.
    pub fn set_lateness(&self, late: Duration) {
        let late_ms = u64::try_from(late.as_millis()).unwrap_or(u64::MAX);
        self.late_ms.store(late_ms, Ordering::Relaxed);
    }

    /// Admits this work, unless the server is too late for it.
    ///
    /// # Errors
    /// `ServiceError::Unavailable`.
    pub fn admit(&self, work: Work) -> Result<(), ServiceError> {
        let late = Duration::from_millis(self.late_ms.load(Ordering::Relaxed));
        if late < work.shed_after() {
            return Ok(());
        }
        Err(ServiceError::Unavailable {
            seconds: RETRY_AFTER_SECONDS,
        })
    }
}

async fn watch(watched: Weak<AtomicU64>) {
    loop {
        let late = lateness_ms().await;
        let Some(late_ms) = watched.upgrade() else {
            return;
        };
        // One wake-up on time does not mean that the load is over.
        let before = late_ms.load(Ordering::Relaxed);
        late_ms.store(late.max(before * 3 / 4), Ordering::Relaxed);
    }
}

/// How many milliseconds too late a task was woken.
async fn lateness_ms() -> u64 {
    let asked = Instant::now();
    sleep(SAMPLE_INTERVAL).await;
    let late = asked.elapsed().saturating_sub(SAMPLE_INTERVAL);
    u64::try_from(late.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_that_is_late_lets_streams_in_longer_than_pages_and_recovers() {
        let shedder = LoadShedder::start(&Metrics::new());
        sleep(SAMPLE_INTERVAL).await;
        let admitted = |shedder: &LoadShedder| {
            [Work::Page, Work::Stream].map(|work| shedder.admit(work).is_ok())
        };
        for (late, expected) in [
            (999, [true; 2]),
            (1_500, [false, true]),
            (2_500, [false; 2]),
        ] {
            shedder.set_lateness(Duration::from_millis(late));
            assert_eq!(admitted(&shedder), expected, "{late} ms");
        }
        while admitted(&shedder) != [true; 2] {
            sleep(SAMPLE_INTERVAL).await;
        }
    }

    #[tokio::test]
    async fn who_keeps_the_threads_busy_is_noticed() {
        let shedder = LoadShedder::start(&Metrics::new());
        sleep(SAMPLE_INTERVAL).await;
        // This blocks the only thread of the runtime.
        std::thread::sleep(PAGES_SHED_AFTER + 2 * SAMPLE_INTERVAL);
        let mut refused = false;
        for _ in 0..20 {
            sleep(Duration::from_millis(5)).await;
            refused |= shedder.admit(Work::Page).is_err();
        }
        assert!(refused);
        assert_eq!(LoadShedder::disabled().admit(Work::Page), Ok(()));
    }
}
