//! The state of a live page, and how updates change it. The stream controller and the outbox write here; the page reads it
//! through `Feed`.

use chrono::{DateTime, Utc};

use crate::{
    domain::{
        change::Frame,
        code::Code,
        highlights::Highlights,
        moments::join::Join,
        revision::{Cursor, Epoch, Revision},
        role::Audience,
        segment::Segment,
        session::Session,
        snapshot::{Page, Snapshot},
        timestamp::{Timestamp, TimestampId},
    },
    live::{
        browser::{pace::Pace, pressed_cookie, storage},
        clock::{self, Correction, Reading},
        connection::state_machine::Connection,
        highlights::LiveHighlights,
        list::timestamps::{List, OlderPage},
        press::{
            outbox::{Outbox, PendingPress},
            outcome::PressOutcome,
            own_change::{ChangeOutcome, ChangeQueue, OwnChange},
            own_joins::OwnJoins,
            own_presses::{Merged, OwnPresses},
        },
        signals::*,
    },
    service::ServiceError,
};

mod highlights;
mod joins;
mod own;
#[cfg(test)]
mod tests;

/// How many of the newest timestamps a viewers' page keeps at least: many more than it shows, so that it still has enough
/// after a moderator has hidden some. A page of the staff keeps all that it has heard of.
const NEWEST_KEPT: usize = 500;

/// The result of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The page is already ahead of it: nothing was changed.
    Late,
    /// The page restarts from it.
    Anew,
    /// The same, but the database has another epoch now, in which own presses have to be looked up again.
    InAnotherHistory,
}

/// The state of a live page. Answers can arrive after the page was left, so what they touch is accessed with `try_`.
#[derive(Clone, Copy)]
pub(crate) struct State {
    pub(crate) code: StoredValue<Code>,
    pub(crate) audience: Audience,
    pub(crate) session: RwSignal<Session>,
    pub(crate) segments: RwSignal<Vec<Segment>>,
    pub(crate) list: RwSignal<List>,
    pub(crate) highlights: RwSignal<LiveHighlights>,
    /// How often those who follow them are told what frames bring.
    highlights_pace: Pace,
    pub(crate) outbox: RwSignal<Outbox>,
    pub(crate) outcome: RwSignal<Option<PressOutcome>>,
    /// Whether this browser was erased while the page was open.
    pub(crate) is_erased: RwSignal<bool>,
    /// The changes of own presses that are not answered yet.
    pub(crate) own_changes: RwSignal<ChangeQueue>,
    /// The one that was answered last, and how it went.
    pub(crate) own_change: RwSignal<Option<(OwnChange, ChangeOutcome)>>,
    /// The moments that this browser joined.
    pub(crate) joins: RwSignal<OwnJoins>,
    /// Why the latest moment was not joined.
    pub(crate) join_refused: RwSignal<Option<ServiceError>>,
    pub(crate) connection: RwSignal<Connection>,
    /// Who is here, as JSON: the staff's stream said so last.
    pub(crate) presence: RwSignal<Option<String>>,
    /// What the server's clock shows; none until it was told.
    pub(crate) now: RwSignal<Option<DateTime<Utc>>>,
    /// Where the live stream continues; `None` if a new snapshot is needed first.
    pub(crate) cursor: StoredValue<Option<Cursor>>,
    /// How many attempts to send presses failed in a row.
    pub(crate) lost: StoredValue<u32>,
    /// Whether another attempt is scheduled. (The timer itself would tie this to one thread, and the server has many.)
    pub(crate) tries_again: StoredValue<bool>,
    /// Whether there were too many presses at once: those that wait are then sent one by one, when the server allows.
    pub(crate) one_by_one: StoredValue<bool>,
    /// The presses that an earlier visit kept, until the server's time is known and they can be taken up.
    pub(crate) kept: StoredValue<Vec<PendingPress>>,
    /// This browser's own presses, as they are stored, or would be if storage were available.
    pub(crate) own: StoredValue<OwnPresses>,
    correction: StoredValue<Correction>,
}

impl State {
    /// What a snapshot tells, and what the server told this visitor alone of their own presses and joins.
    pub(crate) fn new(snapshot: Snapshot, told: Vec<Timestamp>, joins: Vec<Join>) -> Self {
        let mut list = List::new(snapshot.page);
        let highlights = LiveHighlights::new(snapshot.highlights, snapshot.cursor.revision);
        let mut own = OwnPresses::new(snapshot.cursor.epoch);
        for timestamp in told {
            own.merge(timestamp.clone());
            list.merge_own(timestamp);
        }
        Self {
            code: StoredValue::new(snapshot.session.code.clone()),
            audience: snapshot.audience,
            session: RwSignal::new(snapshot.session),
            segments: RwSignal::new(snapshot.segments),
            list: RwSignal::new(list),
            highlights: RwSignal::new(highlights),
            highlights_pace: Pace::at_least_ms(highlights::LEAST_MS),
            outbox: RwSignal::default(),
            outcome: RwSignal::new(None),
            is_erased: RwSignal::new(false),
            own_changes: RwSignal::default(),
            own_change: RwSignal::new(None),
            joins: RwSignal::new(OwnJoins::answered(joins)),
            join_refused: RwSignal::default(),
            connection: RwSignal::new(Connection::START),
            presence: RwSignal::new(None),
            now: RwSignal::new(None),
            cursor: StoredValue::new(Some(snapshot.cursor)),
            lost: StoredValue::new(0),
            tries_again: StoredValue::new(false),
            one_by_one: StoredValue::new(false),
            kept: StoredValue::default(),
            own: StoredValue::new(own),
            correction: StoredValue::default(),
        }
    }

    /// Whether the page is still there.
    pub(crate) fn is_there(self) -> bool {
        self.connection.try_get_untracked().is_some()
    }

    /// Merges a frame and the cursor after it. Known changes do no harm. Returns whether the page has to restart in place of
    /// that: viewers see the list from now on, and frames don't contain what was there before. Until it has restarted, the
    /// page stays as it is.
    pub(crate) fn take_frame(self, mut frame: Frame, cursor: Cursor) -> bool {
        let is_private = |session: &Session| is_private(self.audience, session);
        let was_private = self.session.with_untracked(is_private);
        let known = self.cursor.get_value().map(|known| known.revision);
        let is_late = known.is_some_and(|known| frame.revision < known);
        if is_late && was_private {
            // It may be from when everybody saw the list. What was erased reveals nothing, and may be the viewer's own.
            frame.timestamps.clear();
            frame.removed.clear();
            frame.highlights = Highlights::default();
        }
        if !is_late {
            let now_private = frame.session.as_ref().map_or(was_private, is_private);
            if was_private && !now_private {
                return true;
            }
            self.cursor.set_value(Some(cursor));
            if !frame.segments.is_empty() {
                self.segments
                    .update(|segments| merge_segments(segments, &frame.segments));
            }
            let session = match &frame.session {
                Some(session) => session.clone(),
                None => Session {
                    timestamp_count: counted(&self.segments.read_untracked()),
                    ..self.session.get_untracked()
                },
            };
            if *self.session.read_untracked() != session {
                self.session.set(session);
            }
            if now_private && !was_private {
                self.empty(frame.revision);
            }
        }
        if !frame.highlights.is_empty() {
            self.merge_highlights(frame.highlights.clone(), frame.revision);
        }
        self.hear(&frame.timestamps);
        frame.erased.iter().for_each(|id| self.erase(*id));
        let is_about_the_list =
            !(frame.timestamps.is_empty() && frame.removed.is_empty() && frame.erased.is_empty());
        if is_about_the_list {
            self.list.update(|list| {
                list.merge_frame(frame);
                if self.audience == Audience::Public {
                    list.drop_oldest(NEWEST_KEPT);
                }
            });
        }
        self.keep_uncounted();
        false
    }

    /// Only moderators see the list from this revision on: what is not the viewer's own disappears.
    fn empty(self, revision: Revision) {
        let highlights = |known: &mut LiveHighlights| {
            known.restart(Highlights::default(), revision);
        };
        self.highlights.update(highlights);
        self.list.update(|list| list.restart(Page::default()));
    }

    /// Restarts from a snapshot; the outbox and this browser's own presses stay. A snapshot older than what the stream has
    /// delivered is ignored: the stream continues from there, and the changes in between would be missed.
    pub(crate) fn take_snapshot(self, snapshot: Snapshot) -> Taken {
        let known = self.cursor.get_value();
        if known.is_some_and(|known| snapshot.cursor.is_behind(known)) {
            return Taken::Late;
        }
        self.cursor.set_value(Some(snapshot.cursor));
        let epoch = snapshot.cursor.epoch;
        let is_another_history = self.own.with_value(|own| own.epoch() != epoch);
        if is_another_history {
            self.own.set_value(OwnPresses::new(epoch));
            self.joins.set(OwnJoins::default());
        }
        self.hear(&snapshot.page.timestamps);
        self.session.set(snapshot.session);
        self.segments.set(snapshot.segments);
        let revision = snapshot.cursor.revision;
        self.highlights.update(|highlights| {
            if is_another_history {
                *highlights = LiveHighlights::default();
            }
            highlights.restart(snapshot.highlights, revision);
        });
        self.list.update(|list| {
            if is_another_history {
                list.disown();
            }
            list.restart(snapshot.page);
        });
        self.keep_uncounted();
        match is_another_history {
            true => Taken::InAnotherHistory,
            false => Taken::Anew,
        }
    }

    /// Merges the older page of the list that was requested, unless the page has restarted since.
    pub(crate) fn take_page(self, asked: OlderPage, page: Page) {
        if self.list.read_untracked().still_wants(asked) {
            self.hear(&page.timestamps);
            self.list.update(|list| list.merge_older(asked, page));
        }
    }

    /// The server has these timestamps. Those in the outbox are saved: the live stream can be faster than the answer. Own
    /// presses may have changed.
    fn hear(self, timestamps: &[Timestamp]) {
        for timestamp in timestamps {
            self.take_answer(timestamp);
            let merged = self.own.try_update_value(|own| own.hear(timestamp));
            self.store(merged.unwrap_or(Merged::Nothing));
        }
    }

    /// The server has this timestamp: if it is in the outbox, that press is saved.
    pub(crate) fn take_answer(self, timestamp: &Timestamp) {
        let is_unsent = |outbox: &Outbox| outbox.get(timestamp.id).is_some();
        if self.outbox.with_untracked(is_unsent) {
            self.outbox.update(|outbox| {
                outbox.acknowledge(timestamp.id);
            });
            self.remove_kept(timestamp.id);
            self.keep_own(vec![timestamp.clone()]);
            self.outcome
                .set(Some(PressOutcome::Saved(timestamp.clone())));
        }
    }

    /// Which history of the database the page belongs to.
    pub(crate) fn epoch(self) -> Epoch {
        self.own.with_value(OwnPresses::epoch)
    }

    /// This browser was erased: nothing on the page is its own any more, and nothing waits to be sent.
    pub(crate) fn erase_browser(self) {
        if !self.is_there() {
            return;
        }
        self.code.with_value(pressed_cookie::unset);
        storage::remove_typed();
        self.own.set_value(OwnPresses::new(self.epoch()));
        self.joins.set(OwnJoins::default());
        self.kept.set_value(Vec::new());
        self.outbox.set(Outbox::default());
        self.outcome.set(None);
        self.is_erased.set(true);
        self.list.update(List::disown);
    }

    /// Removes a kept press.
    pub(crate) fn remove_kept(self, id: TimestampId) {
        self.code.with_value(|code| storage::remove_press(code, id));
    }

    /// Learns the server's time. Presses made before it was known are corrected, and stored again.
    pub(crate) fn learn_time(self, server: DateTime<Utc>) {
        let behind = self
            .correction
            .try_update_value(|correction| {
                correction.learn(server, clock::elapsed_ms(), clock::wall_ms())
            })
            .flatten();
        if let Some(behind) = behind {
            let corrected = self.outbox.try_update(|outbox| outbox.correct(behind));
            self.keep_again(&corrected.unwrap_or_default());
            storage::keep_ahead(clock::wall() - server);
        }
        self.tell_time();
    }

    /// Stores presses of the outbox again that have changed.
    pub(crate) fn keep_again(self, changed: &[PendingPress]) {
        self.code.with_value(|code| {
            for press in changed {
                storage::keep(code, press);
            }
        });
    }

    /// Who is here, as JSON, if the stream has told it.
    pub(crate) fn told_presence(self) -> Option<String> {
        self.presence.get_untracked()
    }

    /// Moves the page's clock, once it is known.
    pub(crate) fn tell_time(self) {
        let reading = self.read_clock();
        if !reading.is_provisional {
            self.now.set(Some(reading.time));
        }
    }

    /// What the page's clock shows now: the server's time, or before that is known what the computer says.
    pub(crate) fn read_clock(self) -> Reading {
        let (elapsed, wall) = (clock::elapsed_ms(), clock::wall_ms());
        self.correction
            .try_update_value(|correction| correction.read(elapsed, wall))
            .unwrap_or_else(|| Reading {
                time: clock::wall(),
                is_provisional: true,
            })
    }
}

/// Whether an audience is not shown the list of a session.
fn is_private(audience: Audience, session: &Session) -> bool {
    audience == Audience::Public && session.rules.staff_list
}

/// How many timestamps of a session are shown: as many as its segments say together.
fn counted(segments: &[Segment]) -> u32 {
    segments.iter().map(|segment| segment.timestamp_count).sum()
}

fn merge_segments(segments: &mut Vec<Segment>, changed: &[Segment]) {
    for segment in changed {
        match segments.binary_search_by_key(&segment.index, |known| known.index) {
            Ok(at) => segments[at] = segment.clone(),
            Err(at) => segments.insert(at, segment.clone()),
        }
    }
}
