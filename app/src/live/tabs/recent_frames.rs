//! The last frames that a page has heard, for tabs that begin to follow it. Pure.

use std::collections::VecDeque;

use crate::{domain::revision::Cursor, live::connection::event_source::StreamEvent};

/// The most frames that are kept.
const MOST_FRAMES: usize = 64;
/// The most bytes of JSON that are kept, unless one frame is larger.
const MOST_BYTES: usize = 1 << 20;

/// The last frames that a page has heard, merged or not.
#[derive(Clone, Debug)]
pub(crate) struct RecentFrames {
    /// The cursor before the first of them.
    begin: Cursor,
    frames: VecDeque<(Cursor, String)>,
}

impl RecentFrames {
    /// Holds no frames yet; the page has heard what came up to `begin`.
    pub(crate) fn new(begin: Cursor) -> Self {
        Self {
            begin,
            frames: VecDeque::new(),
        }
    }

    /// Keeps a frame, as JSON, and the cursor after it. One that comes again is not kept twice.
    pub(crate) fn keep(&mut self, cursor: Cursor, json: String) {
        let last = self.frames.back().map_or(self.begin, |(cursor, _)| *cursor);
        if cursor.epoch != last.epoch || cursor.revision <= last.revision {
            return;
        }
        self.frames.push_back((cursor, json));
        let bytes = |frames: &VecDeque<(Cursor, String)>| {
            frames.iter().map(|(_, json)| json.len()).sum::<usize>()
        };
        while self.frames.len() > 1
            && (self.frames.len() > MOST_FRAMES || bytes(&self.frames) > MOST_BYTES)
        {
            if let Some((cursor, _)) = self.frames.pop_front() {
                self.begin = cursor;
            }
        }
    }

    /// The frames after this cursor, or that a snapshot is needed where some of them are no longer kept.
    pub(crate) fn after(&self, after: Option<Cursor>) -> Vec<StreamEvent> {
        match after {
            Some(after)
                if after.epoch == self.begin.epoch && after.revision >= self.begin.revision =>
            {
                let frames = self.frames.iter();
                let missed = frames.filter(|(cursor, _)| cursor.revision > after.revision);
                let heard = missed.map(|(cursor, json)| StreamEvent::Frame {
                    id: cursor.to_string(),
                    json: json.clone(),
                });
                heard.collect()
            }
            Some(_) | None => vec![StreamEvent::SnapshotNeeded],
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::revision::{Epoch, Revision};

    fn cursor(revision: u32) -> Cursor {
        Cursor {
            epoch: Epoch(7),
            revision: Revision(i64::from(revision)),
        }
    }

    proptest! {
        #[test]
        fn whoever_begins_to_follow_gets_every_frame_since_their_cursor_or_is_told_to_begin_anew(
            begin in 0..50u32, frames in 0..200u32, after in 0..260u32, size in 0..40_000usize,
        ) {
            let mut recent = RecentFrames::new(cursor(begin));
            let last = begin + frames;
            for revision in begin + 1..=last {
                recent.keep(cursor(revision), "x".repeat(size));
            }
            prop_assert!(recent.frames.len() <= MOST_FRAMES);
            let kept: usize = recent.frames.iter().map(|(_, json)| json.len()).sum();
            prop_assert!(kept <= MOST_BYTES.max(size));
            let heard = recent.after(Some(cursor(after)));
            if heard == [StreamEvent::SnapshotNeeded] {
                prop_assert!(cursor(after).revision < recent.begin.revision);
            } else {
                prop_assert_eq!(heard.len() as u32, last.saturating_sub(after));
            }
        }
    }

    #[test]
    fn a_cursor_of_another_history_and_none_at_all_have_to_begin_anew() {
        let recent = RecentFrames::new(cursor(3));
        let other = Cursor {
            epoch: Epoch(8),
            ..cursor(5)
        };
        assert_eq!(recent.after(Some(other)), [StreamEvent::SnapshotNeeded]);
        assert_eq!(recent.after(None), [StreamEvent::SnapshotNeeded]);
        assert_eq!(recent.after(Some(cursor(3))), []);
    }
}
