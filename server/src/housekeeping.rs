//! Periodic tasks: deletes sessions by age and the rows of deleted sessions, refreshes the database's statistics, and forgets
//! client networks.

use std::time::Duration;

use app::service::ServiceError;
use chrono::TimeDelta;
use tokio::{
    select,
    time::{MissedTickBehavior, interval},
};

use crate::{
    clock::Clock,
    moments::Moments,
    store::{Store, StoreError},
};

/// How often to look for sessions that are old enough; the first time immediately.
const RUN_INTERVAL: Duration = Duration::from_secs(60 * 60);
/// How many sessions to fetch at a time.
const SESSIONS_A_RUN: u64 = 100;
/// How many sessions are passed over because they can't be deleted.
const MOST_FAILED: usize = 100;
/// How often to refresh the database's statistics; the first time immediately.
const STATISTICS: Duration = Duration::from_secs(24 * 60 * 60);
/// How often to forget the client networks of visitors who are not new any more.
const NETWORKS: Duration = Duration::from_secs(60);

/// Maintains the database for as long as it is polled; without an age, sessions are kept forever. Several servers over one
/// database may do so at the same time.
pub async fn run(store: Store, clock: Clock, age: Option<TimeDelta>) {
    let (mut looks, mut statistics) = (interval(RUN_INTERVAL), interval(STATISTICS));
    for every in [&mut looks, &mut statistics] {
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    }
    loop {
        select! {
            _ = looks.tick() => {
                if let Some(age) = age {
                    expire(&store, &clock, age).await;
                }
                purge(&store, &clock).await;
            }
            () = store.has_to_purge() => purge(&store, &clock).await,
            _ = statistics.tick() => {
                if let Err(error) = store.optimize().await {
                    tracing::warn!(%error, "the database could not look at its statistics");
                }
            }
        }
    }
}

/// Forgets client networks for as long as it is polled. It is a task of its own, because a purge may take hours.
pub async fn forget_networks(moments: Moments) {
    let mut networks = interval(NETWORKS);
    loop {
        networks.tick().await;
        moments.forget_networks();
    }
}

async fn expire(store: &Store, clock: &Clock, age: TimeDelta) {
    match delete_untouched(store, clock, age).await {
        Ok(0) => {}
        Ok(sessions) => tracing::info!(sessions, "sessions were deleted by their age"),
        Err(error) => {
            tracing::warn!(%error, "old sessions could not be deleted; the next look is in an hour")
        }
    }
}

async fn purge(store: &Store, clock: &Clock) {
    if let Err(error) = store.purge(clock).await {
        tracing::warn!(%error, "deleted sessions still have rows; the next look is in an hour");
    }
}

/// Deletes the sessions that have not been written to for this long, ended or not, each in its own transaction. They go to the
/// trash; their rows follow with a later purge. Returns how many.
///
/// # Errors
/// `StoreError::Database` if the database fails, or one of them can't be deleted; sessions deleted until then stay deleted.
pub async fn delete_untouched(
    store: &Store,
    clock: &Clock,
    age: TimeDelta,
) -> Result<usize, StoreError> {
    let since = clock.cautious_now() - age;
    let (mut deleted, mut failed, mut failure) = (0, Vec::new(), None);
    loop {
        let old = store.untouched(since, &failed, SESSIONS_A_RUN).await?;
        if old.is_empty() {
            return failure.map_or(Ok(deleted), Err);
        }
        for session in old {
            match store.delete_untouched(clock, session, since).await {
                Ok(()) => deleted += 1,
                // Another server was faster, or somebody has written to it.
                Err(StoreError::Refused(ServiceError::NotFound)) => {}
                // A damaged session does not hold up the others; a database that is not at hand does.
                Err(error) if !error.is_retryable() && failed.len() < MOST_FAILED => {
                    failed.push(session);
                    failure = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
    }
}
