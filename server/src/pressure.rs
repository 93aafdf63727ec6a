//! How late the server is with its work. Under load presses come first, then live streams, then pages: whoever can come
//! back without losing anything is asked to.

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

/// How often one looks.
const LOOK: Duration = Duration::from_millis(50);
/// From this lateness on no page is begun.
const NO_PAGES: Duration = Duration::from_secs(1);
/// From this lateness on no live stream is opened.
const NO_STREAMS: Duration = Duration::from_secs(2);
/// After so many seconds one may try again.
const TRY_AGAIN_SECONDS: u16 = 3;

/// What can wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// A page or a snapshot.
    Page,
    /// A live stream.
    Stream,
}

impl Work {
    fn latest(self) -> Duration {
        match self {
            Self::Page => NO_PAGES,
            Self::Stream => NO_STREAMS,
        }
    }
}

/// How late the server is. Cheap to clone.
#[derive(Clone, Default)]
pub struct Pressure {
    late_ms: Arc<AtomicU64>,
}

impl Pressure {
    /// One that nobody watches: nothing is ever refused.
    pub fn none() -> Self {
        Self::default()
    }

    /// Watches as long as a clone of this is there.
    pub fn watched(metrics: &Metrics) -> Self {
        let pressure = Self::default();
        let watched = Arc::downgrade(&pressure.late_ms);
        supervise(Task::Pressure, metrics, move || watch(watched.clone()));
        pressure
    }

    /// Lets this work in, unless the server is too late for it.
    ///
    /// # Errors
    /// `ServiceError::Unavailable`.
    pub fn admits(&self, work: Work) -> Result<(), ServiceError> {
        let late = Duration::from_millis(self.late_ms.load(Ordering::Relaxed));
        if late < work.latest() {
            return Ok(());
        }
        Err(ServiceError::Unavailable {
            seconds: TRY_AGAIN_SECONDS,
        })
    }
}

async fn watch(watched: Weak<AtomicU64>) {
    loop {
        let late = lateness_ms().await;
        let Some(late_ms) = watched.upgrade() else {
            return;
        };
        // One look that was on time does not mean that the load is over.
        let before = late_ms.load(Ordering::Relaxed);
        late_ms.store(late.max(before * 3 / 4), Ordering::Relaxed);
    }
}

/// By how many milliseconds a task that asked to be woken was woken too late.
async fn lateness_ms() -> u64 {
    let asked = Instant::now();
    sleep(LOOK).await;
    let late = asked.elapsed().saturating_sub(LOOK);
    u64::try_from(late.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_that_is_late_lets_streams_in_longer_than_pages_and_recovers() {
        let pressure = Pressure::watched(&Metrics::new());
        sleep(LOOK).await;
        let admitted = |pressure: &Pressure| {
            [Work::Page, Work::Stream].map(|work| pressure.admits(work).is_ok())
        };
        for (late, expected) in [
            (999, [true; 2]),
            (1_500, [false, true]),
            (2_500, [false; 2]),
        ] {
            pressure.late_ms.store(late, Ordering::Relaxed);
            assert_eq!(admitted(&pressure), expected, "{late} ms");
        }
        while admitted(&pressure) != [true; 2] {
            sleep(LOOK).await;
        }
    }

    #[tokio::test]
    async fn who_keeps_the_threads_busy_is_noticed() {
        let pressure = Pressure::watched(&Metrics::new());
        sleep(LOOK).await;
        // The one thread of this runtime does nothing else meanwhile.
        std::thread::sleep(NO_PAGES + 2 * LOOK);
        let mut refused = false;
        for _ in 0..20 {
            sleep(Duration::from_millis(5)).await;
            refused |= pressure.admits(Work::Page).is_err();
        }
        assert!(refused);
        assert_eq!(Pressure::none().admits(Work::Page), Ok(()));
    }
}
