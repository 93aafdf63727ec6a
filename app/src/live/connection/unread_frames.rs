//! Frames that were heard and are not merged yet. While a crowd presses, the stream brings one every 50 milliseconds, and a
//! page that is drawn again for each of them does little else on a slow phone. Browser only.

use gloo_timers::callback::Timeout;

use super::stream_controller::StreamController;
use crate::domain::{change::Frame, revision::Cursor};

/// How long a page collects frames before it merges them together, in milliseconds.
const COLLECT_MS: u32 = 100;

/// So many are merged without waiting any longer: the timers of a hidden page can be late.
const MOST: usize = 50;

impl StreamController {
    /// Merges a frame soon, with those that come until then. `cursor` is that after it.
    pub(super) fn collect(self, frame: Frame, cursor: Cursor) {
        let are_many = self.with_parts(|parts| {
            parts.unread.push((frame, cursor));
            let merge = || Timeout::new(COLLECT_MS, move || self.merge_unread());
            parts.merging.get_or_insert_with(merge);
            parts.unread.len() >= MOST
        });
        if are_many == Some(true) {
            self.merge_unread();
        }
    }

    /// Merges what was collected.
    pub(super) fn merge_unread(self) {
        for (frame, cursor) in self.take_unread() {
            let is_pending = frame.highlights.pending;
            if self.state.take_frame(frame, cursor) {
                return self.resync();
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
