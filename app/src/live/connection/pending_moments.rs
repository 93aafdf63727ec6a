//! Asks for the moments that a snapshot or a frame came without, because the server was still reading the session's presses.
//! Browser only.

use gloo_timers::future::TimeoutFuture;

use super::stream_controller::StreamController;
use crate::{
    domain::snapshot::Snapshot,
    live::{
        browser::random,
        calls::{backoff, retry},
        signals::*,
    },
};

/// How many times a page asks before it gives up until a frame comes with moments: this takes about ten minutes.
const ATTEMPTS: u32 = 40;

/// The shortest wait before an attempt, in milliseconds.
const SHORTEST_WAIT_MS: u32 = 1_000;

impl StreamController {
    /// Asks for moments as long as some are pending and the stream is live, unless that is under way. A page without a live
    /// stream takes snapshots anyhow, or opens one first.
    pub(super) fn fetch_pending_moments(self) {
        let begins = self.lacks_moments()
            && self.with_parts(|parts| !std::mem::replace(&mut parts.asks_for_moments, true))
                == Some(true);
        if begins {
            spawn_local(self.ask_for_moments());
        }
    }

    /// A frame came with moments: the server knows them.
    pub(super) fn on_known_moments(self) {
        self.with_parts(|parts| parts.moment_attempts = 0);
    }

    async fn ask_for_moments(self) {
        let mut wait_ms = backoff::delay_ms(1, random::fraction());
        while let Some(attempt) = self.next_attempt() {
            TimeoutFuture::new(SHORTEST_WAIT_MS + wait_ms).await;
            if !self.lacks_moments() {
                break;
            }
            wait_ms = match retry::with_timeout(self.snapshot()).await {
                Ok(snapshot) => {
                    self.take_moments(snapshot);
                    backoff::delay_ms(attempt, random::fraction())
                }
                Err(error) if error.is_retryable() => {
                    backoff::after_ms(&error, attempt, random::fraction())
                }
                // The stream tells what has become of the session.
                Err(_) => break,
            };
        }
        self.with_parts(|parts| parts.asks_for_moments = false);
    }

    fn next_attempt(self) -> Option<u32> {
        let attempt = self.with_parts(|parts| {
            parts.moment_attempts += 1;
            parts.moment_attempts
        })?;
        (attempt <= ATTEMPTS).then_some(attempt)
    }

    /// Takes the moments of a snapshot if some are pending, and nothing else of it.
    pub(super) fn take_moments(self, snapshot: Snapshot) {
        let (highlights, cursor) = (snapshot.highlights, snapshot.cursor);
        if self.is_pending() && cursor.epoch == self.state.epoch() {
            let known = self.state.highlights;
            known.update(|known| known.restart(highlights, cursor.revision));
        }
    }

    fn lacks_moments(self) -> bool {
        self.is_pending() && self.is_live()
    }

    fn is_pending(self) -> bool {
        self.state.is_there() && self.state.highlights.read_untracked().is_pending()
    }
}
