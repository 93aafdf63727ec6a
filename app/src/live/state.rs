//! What a live page knows, and how news change it. The line and the post write here; the page reads it through `Feed`.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::{
    clock::{self, Correction},
    connection::Connection,
    list::List,
    outbox::Outbox,
    storage,
    verdict::Verdict,
};
use crate::domain::{
    change::Frame,
    code::Code,
    revision::Cursor,
    role::Audience,
    segment::Segment,
    session::Session,
    snapshot::Snapshot,
    timestamp::{Timestamp, TimestampId},
};

/// What a live page knows. Answers can come after the page was left: what they touch is asked for with `try_`.
#[derive(Clone, Copy)]
pub(super) struct State {
    pub(super) code: StoredValue<Code>,
    pub(super) audience: Audience,
    pub(super) session: RwSignal<Session>,
    pub(super) segments: RwSignal<Vec<Segment>>,
    pub(super) list: RwSignal<List>,
    pub(super) outbox: RwSignal<Outbox>,
    pub(super) verdict: RwSignal<Option<Verdict>>,
    pub(super) connection: RwSignal<Connection>,
    pub(super) now: RwSignal<DateTime<Utc>>,
    pub(super) is_loading_older: RwSignal<bool>,
    /// Where the live stream goes on; none when a new snapshot is needed first.
    pub(super) cursor: StoredValue<Option<Cursor>>,
    /// How many attempts to send presses failed in a row.
    pub(super) lost: StoredValue<u32>,
    /// Whether another attempt is to come. (The timer itself would tie this to one thread, and the server has many.)
    pub(super) tries_again: StoredValue<bool>,
    /// Whether there were too many presses at once: those that wait go one by one then, when the server said so.
    pub(super) one_by_one: StoredValue<bool>,
    correction: StoredValue<Correction>,
}

impl State {
    /// What a snapshot tells.
    pub(super) fn new(snapshot: Snapshot) -> Self {
        Self {
            code: StoredValue::new(snapshot.session.code.clone()),
            audience: snapshot.audience,
            session: RwSignal::new(snapshot.session),
            segments: RwSignal::new(snapshot.segments),
            list: RwSignal::new(List::new(snapshot.page)),
            outbox: RwSignal::default(),
            verdict: RwSignal::new(None),
            connection: RwSignal::new(Connection::START),
            now: RwSignal::new(snapshot.now),
            is_loading_older: RwSignal::new(false),
            cursor: StoredValue::new(Some(snapshot.cursor)),
            lost: StoredValue::new(0),
            tries_again: StoredValue::new(false),
            one_by_one: StoredValue::new(false),
            correction: StoredValue::default(),
        }
    }

    /// Whether the page is still there.
    pub(super) fn is_there(self) -> bool {
        self.connection.try_get_untracked().is_some()
    }

    /// Takes in a frame and the cursor after it. What a page knows already does no harm. Answers whether the page has to
    /// start anew: who sees the list has changed, and frames tell nothing of what was there before.
    pub(super) fn take_frame(self, frame: Frame, cursor: Cursor) -> bool {
        let mut sees_another_list = false;
        let known = self.cursor.get_value().map(|known| known.revision);
        if known.is_none_or(|known| frame.revision >= known) {
            self.cursor.set_value(Some(cursor));
            if *self.session.read_untracked() != frame.session {
                let rules = self.session.read_untracked().rules;
                sees_another_list = self.audience == Audience::Public
                    && rules.staff_list != frame.session.rules.staff_list;
                self.session.set(frame.session.clone());
            }
            if !frame.segments.is_empty() {
                self.segments
                    .update(|segments| merge_segments(segments, &frame.segments));
            }
        }
        for timestamp in &frame.timestamps {
            self.take_answer(timestamp);
        }
        if !(frame.timestamps.is_empty() && frame.removed.is_empty()) {
            self.list.update(|list| list.merge_frame(frame));
        }
        sees_another_list
    }

    /// Starts anew from a snapshot; what is in the outbox stays.
    pub(super) fn take_snapshot(self, snapshot: Snapshot) {
        self.learn_time(snapshot.now);
        self.cursor.set_value(Some(snapshot.cursor));
        for timestamp in &snapshot.page.timestamps {
            self.take_answer(timestamp);
        }
        self.session.set(snapshot.session);
        self.segments.set(snapshot.segments);
        self.list.update(|list| list.restart(snapshot.page));
    }

    /// Takes in that the server has a timestamp: where it is one of the outbox's, that press is saved. The live stream
    /// can tell it before the answer does.
    pub(super) fn take_answer(self, timestamp: &Timestamp) {
        let is_unsent = |outbox: &Outbox| outbox.get(timestamp.id).is_some();
        if self.outbox.with_untracked(is_unsent) {
            self.outbox.update(|outbox| {
                outbox.acknowledge(timestamp.id);
            });
            self.forget(timestamp.id);
            self.list.update(|list| list.merge_own(timestamp.clone()));
            self.verdict.set(Some(Verdict::Saved(timestamp.clone())));
        }
    }

    /// Forgets a kept press.
    pub(super) fn forget(self, id: TimestampId) {
        self.code.with_value(|code| storage::forget(code, id));
    }

    /// Learns what the server's clock shows now.
    pub(super) fn learn_time(self, server: DateTime<Utc>) {
        self.correction
            .update_value(|correction| correction.learn(server, clock::elapsed_ms()));
        self.tell_time();
    }

    /// Moves the page's clock.
    pub(super) fn tell_time(self) {
        self.now.set(self.server_time());
    }

    /// What the server's clock shows now.
    pub(super) fn server_time(self) -> DateTime<Utc> {
        let (elapsed, wall) = (clock::elapsed_ms(), clock::wall_ms());
        self.correction
            .try_update_value(|correction| {
                correction.watch(elapsed, wall);
                correction.now(elapsed)
            })
            .flatten()
            .unwrap_or_else(|| self.now.get_untracked())
    }
}

fn merge_segments(segments: &mut Vec<Segment>, changed: &[Segment]) {
    for segment in changed {
        match segments.binary_search_by_key(&segment.index, |known| known.index) {
            Ok(at) => segments[at] = segment.clone(),
            Err(at) => segments.insert(at, segment.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(index: u32, timestamp_count: u32) -> Segment {
        Segment {
            index,
            start_time: DateTime::UNIX_EPOCH,
            end_time: None,
            timestamp_count,
        }
    }

    #[test]
    fn changed_segments_take_the_place_of_the_old_ones() {
        let mut segments = vec![segment(1, 4), segment(3, 0)];
        merge_segments(
            &mut segments,
            &[segment(2, 7), segment(3, 1), segment(4, 0)],
        );
        assert_eq!(
            segments,
            [segment(1, 4), segment(2, 7), segment(3, 1), segment(4, 0)]
        );
    }
}
