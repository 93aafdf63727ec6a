//! Asks for the moments that a snapshot or a frame came without, because the server was still reading the session's presses.
//! Browser only.

use gloo_timers::future::TimeoutFuture;

use super::{state_machine::Connection, stream_controller::StreamController};
use crate::{
    domain::snapshot::Snapshot,
    live::{
        browser::random,
        calls::{backoff, retry},
        signals::*,
    },
};

/// How often moments are asked for until something comes without them again: about ten minutes long.
const ATTEMPTS: u32 = 40;

/// The shortest wait between two attempts, in milliseconds.
const SHORTEST_WAIT_MS: u32 = 1_000;

impl StreamController {
    /// Asks again and again while moments are missing, unless that is under way.
    pub(crate) fn fetch_late_moments(self) {
        let begins = self.awaits_moments()
            && self.with_parts(|parts| !std::mem::replace(&mut parts.fetches_moments, true))
                == Some(true);
        if !begins {
            return;
        }
        spawn_local(async move {
            for attempt in 1..=ATTEMPTS {
                let ms = SHORTEST_WAIT_MS + backoff::delay_ms(attempt, random::fraction());
                TimeoutFuture::new(ms).await;
                if !self.awaits_moments() {
                    break;
                }
                if let Ok(snapshot) = retry::with_timeout(self.snapshot()).await {
                    self.take_moments(snapshot);
                }
            }
            self.with_parts(|parts| parts.fetches_moments = false);
        });
    }

    /// Takes the moments of a snapshot, and nothing else of it.
    fn take_moments(self, snapshot: Snapshot) {
        let (highlights, cursor) = (snapshot.highlights, snapshot.cursor);
        if self.awaits_moments() && cursor.epoch == self.state.epoch() {
            let known = self.state.highlights;
            known.update(|known| known.restart(highlights, cursor.revision));
        }
    }

    /// Whether moments are missing that the server may still tell.
    pub(crate) fn awaits_moments(self) -> bool {
        let is_over = |connection| matches!(connection, Connection::Ended(_));
        let connection = self.state.connection.try_get_untracked();
        connection.is_some_and(|connection| !is_over(connection))
            && self.state.highlights.read_untracked().are_awaited()
    }
}
