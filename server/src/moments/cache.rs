//! The sessions whose moments are kept in memory, bounded by the bytes that they hold.

use std::sync::{Arc, Mutex, PoisonError};

use app::domain::revision::Epoch;
use quick_cache::{
    DefaultHashBuilder, Options, OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};
use tokio::sync::Mutex as AsyncMutex;

use super::tracked::Tracked;
use crate::store::SessionId;

/// How many bytes the sessions hold that are kept in memory, all together. A session is counted anew once it has grown by an
/// eighth, and may hold more while it is read; see also `MOST_WEIGHT`.
///
/// A segment holds 12 bytes for each of its seconds, however few presses it has, and some 100 for each of these; and up to twice
/// as much again once it is over and was sharpened.
const KEPT_BYTES: u64 = 256 * 1_024 * 1_024;
/// The most that one session counts for: the cache keeps nothing that is larger than itself, and reading such a session again
/// for every frame would be worse than holding it. One of a million presses holds less.
const MOST_WEIGHT: u64 = KEPT_BYTES / 2;
/// The expected number of sessions in the cache.
const SESSIONS: usize = 1_024;

/// One session.
pub(super) struct Kept {
    /// How many bytes it held when it was put into the cache.
    bytes: u64,
    pub(super) known: Arc<Known>,
}

/// What is known of one session.
#[derive(Default)]
pub(super) struct Known {
    pub(super) tracked: Arc<AsyncMutex<Tracked>>,
    /// The epoch of which all of its presses were read once. It has a lock of its own, because the session's is held while it
    /// is read.
    read: Mutex<Option<Epoch>>,
}

impl Known {
    /// Whether all of its presses of this epoch were read once. What follows is little, and is waited for.
    pub(super) fn was_read(&self, epoch: Epoch) -> bool {
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) == Some(epoch)
    }

    /// Takes note that they were.
    pub(super) fn set_read(&self, epoch: Epoch) {
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some(epoch);
    }
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<SessionId, Arc<Kept>> for ByBytes {
    fn weight(&self, _: &SessionId, kept: &Arc<Kept>) -> u64 {
        // Nothing that weighs nothing is ever evicted.
        let own = size_of::<(SessionId, Kept, Known, Tracked)>() as u64;
        (own + kept.bytes).min(MOST_WEIGHT)
    }
}

/// The sessions that are kept.
pub(super) struct KeptSessions(Cache<SessionId, Arc<Kept>, ByBytes>);

impl Default for KeptSessions {
    fn default() -> Self {
        // One shard, since each holds no more than its share.
        Self(Cache::with_options(
            options(),
            ByBytes,
            DefaultHashBuilder::default(),
            DefaultLifecycle::default(),
        ))
    }
}

impl KeptSessions {
    /// A session, if it is kept.
    pub(super) fn get(&self, session: SessionId) -> Option<Arc<Kept>> {
        self.0.get(&session)
    }

    /// A session, of which nothing was read yet if it was not kept.
    pub(super) fn get_or_new(&self, session: SessionId) -> Arc<Kept> {
        let new = || {
            Ok::<_, std::convert::Infallible>(Arc::new(Kept {
                bytes: 0,
                known: Arc::default(),
            }))
        };
        let Ok(kept) = self.0.get_or_insert_with(&session, new);
        kept
    }

    /// Takes note of how many bytes a session holds, if that has changed by much, and if what was read of it is still kept.
    pub(super) fn weigh_again(&self, session: SessionId, kept: &Kept, bytes: u64) {
        let held = self.0.get(&session);
        let is_held = held.is_none_or(|held| Arc::ptr_eq(&held.known, &kept.known));
        if bytes.abs_diff(kept.bytes) > kept.bytes / 8 && is_held {
            let known = kept.known.clone();
            self.0.insert(session, Arc::new(Kept { bytes, known }));
        }
    }
}

fn options() -> Options {
    let mut options = OptionsBuilder::new();
    options
        .shards(1)
        .estimated_items_capacity(SESSIONS)
        .weight_capacity(KEPT_BYTES);
    #[expect(
        clippy::expect_used,
        reason = "both capacities are set, which is all that it asks for"
    )]
    options.build().expect("the options are complete")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random;

    #[test]
    fn sessions_are_kept_as_long_as_all_of_them_hold_no_more_than_the_bound() {
        const MEGABYTES: u64 = 1_024 * 1_024;
        let sessions = KeptSessions::default();
        let keep = |bytes: u64| {
            let session = SessionId(random::uuid());
            let kept = sessions.get_or_new(session);
            sessions.weigh_again(session, &kept, bytes);
            session
        };
        for _ in 0..1_000 {
            keep(3 * MEGABYTES);
        }
        let most = usize::try_from(KEPT_BYTES / (3 * MEGABYTES)).unwrap();
        assert!((most / 2..=most).contains(&sessions.0.len()));
        let session = keep(10 * KEPT_BYTES);
        assert!(sessions.get(session).is_some());
    }

    #[test]
    fn a_session_that_grew_is_counted_anew_and_stays_the_same() {
        let (sessions, session) = (KeptSessions::default(), SessionId(random::uuid()));
        let first = sessions.get_or_new(session);
        for (bytes, weighed) in [(1_000, 1_000), (1_100, 1_000), (1_200, 1_200), (900, 900)] {
            let kept = sessions.get_or_new(session);
            sessions.weigh_again(session, &kept, bytes);
            let kept = sessions.get(session).unwrap();
            assert_eq!(kept.bytes, weighed);
            assert!(Arc::ptr_eq(&kept.known, &first.known));
        }
    }
}
