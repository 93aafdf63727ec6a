//! The tasks that work behind the requests: one that panics is told of in the log, and started again where it can be.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt;
use tokio::{task::JoinHandle, time::sleep};

/// How long one that panicked rests: a fault that comes back at once must not fill the log.
const REST: Duration = Duration::from_secs(1);

/// Runs a task until it returns.
pub(crate) fn supervise<F>(
    name: &'static str,
    task: impl Fn() -> F + Send + 'static,
) -> JoinHandle<()>
where
    F: Future<Output = ()> + Send + 'static,
{
    tokio::spawn(async move { while panics(name, task()).await {} })
}

/// Runs something to its end, and answers whether that was a panic, which is in the log then, after a rest.
pub(crate) async fn panics(name: &'static str, task: impl Future<Output = ()>) -> bool {
    // What a task shares with others is behind locks that a panic doesn't poison for them.
    let ended = AssertUnwindSafe(task).catch_unwind().await;
    if ended.is_err() {
        tracing::error!(task = name, "a background task panicked");
        sleep(REST).await;
    }
    ended.is_err()
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    };

    use super::*;

    #[tokio::test]
    async fn a_task_that_panics_is_started_again_and_one_that_returns_is_not() {
        let started = Arc::new(AtomicU32::new(0));
        let counted = started.clone();
        let task = supervise("a test", move || {
            let counted = counted.clone();
            async move { assert!(counted.fetch_add(1, Relaxed) >= 2, "twice it panics") }
        });
        task.await.unwrap();
        assert_eq!(started.load(Relaxed), 3);
    }
}
