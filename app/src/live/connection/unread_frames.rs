//! Frames that were heard and are not merged yet. While a crowd presses, the stream brings one every 50 milliseconds, and a
//! page that is drawn again for each of them does little else on a slow phone. Browser only.

use gloo_timers::callback::Timeout;

use super::{
    state_machine::ConnectionEvent,
    stream_controller::{StreamController, is_hidden},
};
use crate::{
    domain::{change::Frame, revision::Cursor},
    live::{
        browser::{after_input::after_input, after_paint::after_paint},
        clock::elapsed_ms,
    },
};

/// How long a page collects frames at least before it merges them together, in milliseconds.
const LEAST_MS: f64 = 100.0;
/// How long it does at most, in milliseconds.
const MOST_MS: f64 = 400.0;
/// How many times as long as the last merging took: a page is there for its reader for that share of the time.
const REST: f64 = 3.0;

/// So many are merged without waiting any longer: the timers of a hidden page can be late.
const MOST: usize = 50;

impl StreamController {
    /// Merges a frame soon, with those that come until then. `cursor` is that after it.
    pub(super) fn collect(self, frame: Frame, cursor: Cursor) {
        let are_many = self.with_parts(|parts| {
            parts.unread.push((frame, cursor));
            let ms = (REST * parts.merged_within_ms).clamp(LEAST_MS, MOST_MS);
            let merge = move || after_input(move || self.merge_and_time());
            parts
                .merging
                .get_or_insert_with(|| Timeout::new(ms as u32, merge));
            parts.unread.len() >= MOST
        });
        if are_many == Some(true) {
            self.merge_unread();
        }
    }

    /// Merges what was collected, and looks how long it takes until that is shown.
    fn merge_and_time(self) {
        let began_at = elapsed_ms();
        self.merge_unread();
        // No frame comes while nobody can see one.
        if is_hidden() {
            return;
        }
        after_paint(move || {
            self.with_parts(|parts| parts.merged_within_ms = elapsed_ms() - began_at);
        });
    }

    /// Merges what was collected.
    pub(super) fn merge_unread(self) {
        for (frame, cursor) in self.take_unread() {
            let is_pending = frame.highlights.pending;
            if self.state.take_frame(frame, cursor) {
                return self.resync(ConnectionEvent::Dismissed);
            }
            if !is_pending {
                self.on_known_moments();
            }
        }
        self.fetch_pending_moments();
    }

    /// Drops what was collected: it doesn't lead up to what comes next.
    pub(super) fn drop_unread(self) {
        drop(self.take_unread());
    }

    fn take_unread(self) -> Vec<(Frame, Cursor)> {
        let unread = self.with_parts(|parts| {
            parts.merging = None;
            std::mem::take(&mut parts.unread)
        });
        unread.unwrap_or_default()
    }
}
