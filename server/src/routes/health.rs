//! Health checks: whether the process runs, and whether its database answers.

use std::sync::Arc;

use app::service::ServiceError;
use axum::extract::State as FromState;
use tokio::{
    sync::Mutex,
    time::{Duration, Instant},
};

use super::error_response::ErrorResponse;
use crate::store::Store;

/// How long an answer of the database holds for further callers. Anybody may ask, and each question takes a connection that
/// pages and staff need.
const HOLDS_FOR: Duration = Duration::from_secs(1);

/// Whether the database answers. Cheap to clone.
#[derive(Clone)]
pub struct Readiness {
    store: Store,
    newest: Arc<Newest>,
}

/// The newest answer, and when it came.
#[derive(Default)]
struct Newest(Mutex<Option<(Instant, Result<(), ServiceError>)>>);

impl Readiness {
    /// Of this database.
    pub fn of(store: &Store) -> Self {
        Self {
            store: store.clone(),
            newest: Arc::default(),
        }
    }
}

impl Newest {
    /// The newest answer, or that to this question if it no longer holds. There is one question at a time, and its answer is
    /// for everybody who waits.
    async fn or(
        &self,
        question: impl Future<Output = Result<(), ServiceError>>,
    ) -> Result<(), ServiceError> {
        let mut newest = self.0.lock().await;
        match &*newest {
            Some((at, answer)) if at.elapsed() < HOLDS_FOR => answer.clone(),
            Some(_) | None => {
                let answer = question.await;
                *newest = Some((Instant::now(), answer.clone()));
                answer
            }
        }
    }
}

/// The process runs.
pub async fn health() -> &'static str {
    "ok"
}

/// The database answers.
///
/// # Errors
/// `ErrorResponse` with 503 if it doesn't.
pub async fn ready(
    FromState(readiness): FromState<Readiness>,
) -> Result<&'static str, ErrorResponse> {
    let Readiness { store, newest } = readiness;
    let question = async { store.ping().await.map_err(ServiceError::from) };
    newest.or(question).await?;
    Ok("ready")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    use futures::future::join_all;
    use tokio::time::sleep;

    use super::*;

    #[tokio::test]
    async fn the_database_is_asked_once_a_second_however_many_ask_and_whatever_it_says() {
        let (newest, asked) = (Newest::default(), AtomicU32::new(0));
        let busy = Err(ServiceError::Unavailable { seconds: 1 });
        for (times, answer) in [(1, busy), (2, Ok(()))] {
            let question = || async {
                asked.fetch_add(1, Relaxed);
                sleep(Duration::from_millis(10)).await;
                answer.clone()
            };
            for _ in 0..3 {
                let answers = join_all((0..10).map(|_| newest.or(question()))).await;
                assert!(answers.iter().all(|told| *told == answer));
                assert_eq!(asked.load(Relaxed), times);
            }
            sleep(HOLDS_FOR).await;
        }
    }
}
