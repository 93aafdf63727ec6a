//! The only place that starts background tasks. A task that panics, or ends when it should keep running, is logged, counted
//! and restarted.

use std::{any::Any, panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt;
use tokio::{task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::{metrics::Metrics, task::Task};

/// How long to wait before restarting a task: a failure that recurs at once must not fill the log.
const RESTART_DELAY: Duration = Duration::from_secs(1);

/// Starts a task, and restarts it until it ends normally.
pub(crate) fn supervise<F>(
    task: Task,
    metrics: &Metrics,
    start: impl Fn() -> F + Send + 'static,
) -> JoinHandle<()>
where
    F: Future<Output = ()> + Send + 'static,
{
    tokio::spawn(supervised(task, metrics.clone(), start))
}

/// As `supervise`, until the server stops.
pub(crate) fn supervise_until<F>(
    stopping: &CancellationToken,
    task: Task,
    metrics: &Metrics,
    start: impl Fn() -> F + Send + 'static,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let task = supervised(task, metrics.clone(), start);
    let stopping = stopping.clone();
    tokio::spawn(async move { stopping.run_until_cancelled(task).await });
}

/// As `supervise`, for callers that track their tasks themselves.
pub(crate) async fn supervised<F>(task: Task, metrics: Metrics, start: impl Fn() -> F)
where
    F: Future<Output = ()>,
{
    while fails(task, &metrics, start()).await {}
}

/// Starts a task that can't be restarted. If it fails, `failed` is called to make room for a replacement.
pub(crate) fn supervise_once(
    task: Task,
    metrics: &Metrics,
    work: impl Future<Output = ()> + Send + 'static,
    failed: impl FnOnce() + Send + 'static,
) -> JoinHandle<()> {
    let metrics = metrics.clone();
    tokio::spawn(async move {
        if fails(task, &metrics, work).await {
            failed();
        }
    })
}

/// Runs to the end, and returns whether that was a failure; if so, it has been logged, and the pause before a restart is
/// over.
async fn fails(task: Task, metrics: &Metrics, work: impl Future<Output = ()>) -> bool {
    // State shared with other tasks is behind locks that a panic doesn't poison for them.
    let ended = AssertUnwindSafe(work).catch_unwind().await;
    let task_name = task.name();
    match ended {
        Err(panic) => {
            let panic = words(panic.as_ref());
            tracing::error!(task = task_name, panic, "a background task panicked");
        }
        Ok(()) if task.is_endless() => {
            tracing::error!(task = task_name, "a background task ended before its time");
        }
        Ok(()) => return false,
    }
    metrics.tasks.failed(task);
    sleep(RESTART_DELAY).await;
    true
}

/// The message of a panic.
pub(crate) fn words(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without words")
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    };

    use tokio::{sync::oneshot, time::Instant};

    use super::*;

    #[tokio::test]
    async fn a_task_that_panics_is_started_again_after_a_rest_and_one_that_returns_is_not() {
        let (began, metrics) = (Instant::now(), Metrics::new());
        let started = Arc::new(AtomicU32::new(0));
        let counted = started.clone();
        let task = supervise(Task::Recorder, &metrics, move || {
            let counted = counted.clone();
            async move { assert!(counted.fetch_add(1, Relaxed) >= 2, "twice it panics") }
        });
        task.await.unwrap();
        assert_eq!(started.load(Relaxed), 3);
        assert_eq!(metrics.tasks.failures(Task::Recorder), 2);
        assert!(began.elapsed() >= 2 * RESTART_DELAY);
    }

    #[tokio::test]
    async fn a_task_that_should_last_and_returns_is_started_again() {
        let metrics = Metrics::new();
        let started = Arc::new(AtomicU32::new(0));
        let counted = started.clone();
        let task = supervise(Task::Housekeeping, &metrics, move || {
            let counted = counted.clone();
            async move {
                if counted.fetch_add(1, Relaxed) > 0 {
                    std::future::pending::<()>().await;
                }
            }
        });
        sleep(RESTART_DELAY + RESTART_DELAY / 2).await;
        assert_eq!(started.load(Relaxed), 2);
        assert_eq!(metrics.tasks.failures(Task::Housekeeping), 1);
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    }

    #[tokio::test]
    async fn who_depends_on_a_task_that_can_not_be_started_again_hears_of_its_panic() {
        let metrics = Metrics::new();
        let (tell, told) = oneshot::channel();
        let panic = async { panic!("of a fault that nobody knows yet") };
        supervise_once(Task::Pump, &metrics, panic, || tell.send(()).unwrap());
        assert_eq!(told.await, Ok(()));

        let (tell, told) = oneshot::channel();
        supervise_once(Task::Pump, &metrics, async {}, || tell.send(()).unwrap());
        assert!(told.await.is_err(), "a pump that ends has nobody to tell");
    }
}
