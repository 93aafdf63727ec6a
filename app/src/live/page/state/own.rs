//! This browser's own presses: laid over the list, and kept in its storage.

use super::{State, is_private};
use crate::{
    domain::{
        revision::Cursor,
        timestamp::{Timestamp, TimestampId},
    },
    live::{
        browser::{pressed_cookie, storage},
        clock,
        list::timestamps::List,
        press::{
            outcome::PressOutcome,
            own_presses::{Merged, OwnPresses, Record},
        },
        signals::*,
    },
};

impl State {
    /// Takes in own presses as the server told them, lays them over the list, and keeps them.
    pub(crate) fn keep_own(self, timestamps: Vec<Timestamp>) {
        if timestamps.is_empty() {
            return;
        }
        // First: where there is no room, this is taken back. What is missing already is still to be asked for.
        self.code
            .with_value(pressed_cookie::set_kept_unless_missing);
        for timestamp in &timestamps {
            let merged = self
                .own
                .try_update_value(|own| own.merge(timestamp.clone()));
            self.store(merged.unwrap_or(Merged::Nothing));
        }
        self.list
            .update(|list| timestamps.into_iter().for_each(|own| list.merge_own(own)));
    }

    /// Takes up the own presses that were stored, and stores those that the document told.
    pub(crate) fn restore_own(self, stored: Vec<Record>) {
        let told: Vec<_> = self
            .own
            .with_value(|own| own.timestamps().cloned().collect());
        let dropped = self
            .own
            .try_update_value(|own| own.restore(stored, clock::wall()));
        self.code.with_value(|code| {
            for id in dropped.into_iter().flatten() {
                storage::remove_own(code, id);
            }
            for timestamp in told {
                storage::keep_own(code, &Record::new(self.epoch(), timestamp));
            }
        });
        let own: Vec<_> = self
            .own
            .with_value(|own| own.timestamps().cloned().collect());
        let uncounted = self.own.with_value(OwnPresses::uncounted);
        if !own.is_empty() {
            self.list.update(|list| {
                own.into_iter().for_each(|own| list.merge_own(own));
                uncounted.into_iter().for_each(|id| list.set_uncounted(id));
            });
        }
        self.keep_uncounted();
    }

    /// Keeps in mind which own presses the public numbers leave out: the list doesn't tell that any more once it is loaded anew
    /// and doesn't reach back to them.
    pub(super) fn keep_uncounted(self) {
        let session = self.session.read_untracked();
        // A list that only moderators see tells nothing.
        if self.own.with_value(OwnPresses::is_empty) || is_private(self.audience, &session) {
            return;
        }
        let Some(Cursor { revision, .. }) = self.cursor.get_value() else {
            return;
        };
        let list: RwSignal<List> = self.list;
        for id in list.with_untracked(|list| list.uncounted_as_of(revision)) {
            let merged = self.own.try_update_value(|own| own.set_uncounted(id));
            if let Some(merged @ Merged::Kept { .. }) = merged {
                self.store(merged);
                // Nothing that is shown changes.
                list.maybe_update(|list| {
                    list.set_uncounted(id);
                    false
                });
            }
        }
    }

    /// Merges an own press that another tab of this browser made or received, and has stored.
    pub(crate) fn take_own_of_another_tab(self, record: Record) {
        if !self.is_there() || record.cursor.epoch != self.epoch() {
            return;
        }
        // This tab may still wait to send it.
        self.take_answer(&record.timestamp);
        let merged = self
            .own
            .try_update_value(|own| own.merge_record(record.clone()));
        // What this tab has stored meanwhile may say less.
        self.store(merged.unwrap_or(Merged::Nothing));
        self.list.update(|list| list.merge_own(record.timestamp));
    }

    pub(super) fn store(self, merged: Merged) {
        if let Merged::Kept { record, dropped } = merged {
            self.code.with_value(|code| {
                storage::keep_own(code, &record);
                if let Some(dropped) = dropped {
                    storage::remove_own(code, dropped);
                }
            });
        }
    }

    /// The visitor of a timestamp was erased.
    pub(super) fn erase(self, id: TimestampId) {
        let was_own = self.own.try_update_value(|own| own.erase(id));
        if was_own == Some(true) {
            self.code.with_value(|code| storage::remove_own(code, id));
        }
        // Also if it was another tab that has taken it back.
        let is_said = |said: &Option<PressOutcome>| {
            let said = said.as_ref();
            said.is_some_and(|said| said.says_saved(id))
        };
        if self.outcome.try_with_untracked(is_said) == Some(true) {
            self.outcome.set(None);
        }
    }

    /// An own press was taken back: it leaves the page before the live stream says so.
    pub(crate) fn take_back(self, id: TimestampId) {
        let list: RwSignal<List> = self.list;
        self.erase(id);
        list.try_update(|list| list.erase(id));
        self.outcome
            .try_update(|said| *said = Some(PressOutcome::TakenBack(id)));
    }
}
