//! Ended sessions that go after some time, where the operator wants that.

use std::time::Duration;

use app::clips::ClipsError;
use chrono::TimeDelta;
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    store::{Store, StoreError},
    world::Clock,
};

/// How often they are looked for; the first time at once.
const LOOK: Duration = Duration::from_secs(60 * 60);
/// How many are asked for at once.
const AT_ONCE: u64 = 100;

/// Looks for them as long as it is polled. Several servers over one database may do so at the same time.
pub async fn run(store: Store, clock: Clock, age: TimeDelta) {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        match delete_ended(&store, &clock, age).await {
            Ok(0) => {}
            Ok(sessions) => tracing::info!(sessions, "ended sessions were deleted by their age"),
            Err(error) => {
                tracing::warn!(%error, "ended sessions could not be deleted; the next look is in an hour")
            }
        }
    }
}

/// Deletes the sessions that ended and did not change for this long, each in a transaction of its own. Answers how many.
///
/// # Errors
/// `StoreError::Database` where the database can't; what was deleted before stays deleted.
pub async fn delete_ended(
    store: &Store,
    clock: &Clock,
    age: TimeDelta,
) -> Result<usize, StoreError> {
    let before = clock.now() - age;
    let mut deleted = 0;
    loop {
        let ended = store.ended_before(before, AT_ONCE).await?;
        if ended.is_empty() {
            return Ok(deleted);
        }
        for session in ended {
            match store.delete_ended_before(session, before).await {
                Ok(()) => deleted += 1,
                // Another server was quicker, or its streamer has reopened it.
                Err(StoreError::Refused(ClipsError::NotFound)) => {}
                Err(error) => return Err(error),
            }
        }
    }
}
