//! Derives a session's moments; where that takes long, on a thread that serves no sockets.

use tokio::{
    sync::{OwnedMutexGuard, Semaphore},
    task::spawn_blocking,
};

use super::{sharp::Sharpening, tracked::Tracked};
use crate::store::{MomentUpdate, StoreError};

/// How many sessions may be sharpened at the same time, so that many that end together leave enough time for presses.
pub(super) const SHARPENERS: usize = 2;

/// What is tracked of a session, under its lock.
pub(super) type Locked = OwnedMutexGuard<Tracked>;

/// Derives the moments as of now. Returns the session, still under its lock, and what has to be written.
///
/// # Errors
/// `StoreError::Interrupted` if it panicked or the server stops.
pub(super) async fn look(
    sharpeners: &Semaphore,
    mut tracked: Locked,
) -> Result<(Locked, Vec<MomentUpdate>), StoreError> {
    let sharpening = tracked.sharpening();
    if sharpening != Sharpening::Anew {
        let updates = tracked.derive(sharpening);
        return Ok((tracked, updates));
    }
    // The semaphore is never closed.
    let _sharpener = sharpeners.acquire().await;
    // Up to 100 ms of CPU work, and presses and streams would wait for it.
    let looked = spawn_blocking(move || {
        let updates = tracked.derive(sharpening);
        (tracked, updates)
    });
    looked.await.map_err(StoreError::Interrupted)
}
