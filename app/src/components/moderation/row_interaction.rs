//! What a moderator is doing with the rows of the list: editing, pointing, ticking.

use std::collections::HashSet;

use litemap::LiteMap;

use super::note_drafts::NoteDrafts;
use crate::{
    components::presence::state::PresenceState,
    domain::{
        moderation::ModerationId,
        offset::Offset,
        timestamp::{Timestamp, TimestampId},
    },
    live::{page::feed::Feed, signals::views::*},
    service::ServiceError,
    words::moderation,
};

/// What is being done with the rows, and therefore which rows must not move.
#[derive(Clone, Copy)]
pub struct RowInteraction {
    /// Who else is here, and edits which row.
    pub presence: PresenceState,
    /// The row whose note is edited; one at a time. The others of the staff are told.
    pub editing: RwSignal<Option<TimestampId>>,
    /// What was typed into editors that are gone, and is not saved. Not reactive: rows are drawn again when an editor opens or
    /// closes.
    pub drafts: StoredValue<NoteDrafts>,
    /// The row whose buttons the pointer is over.
    pub pointing: RwSignal<Option<TimestampId>>,
    /// The row that the keyboard's focus is in.
    pub focused: RwSignal<Option<TimestampId>>,
    /// The row that has the keyboard's focus itself: its reader moves from row to row.
    pub reading: RwSignal<Option<TimestampId>>,
    /// The row whose editor was closed, until the focus is back in its button.
    pub leaving: RwSignal<Option<TimestampId>>,
    /// Older rows were inserted, and the scroll position is not restored yet: until then, rendering stays as it is.
    pub placing: StoredValue<bool>,
    /// The rows that are ticked.
    pub ticked: RwSignal<HashSet<TimestampId>>,
    /// What could not be done to which rows, and why: until it is retried, or the row is edited or removed.
    pub failed: RwSignal<LiteMap<TimestampId, ServiceError>>,
    /// The row whose viewer the dialog is about.
    pub about: RwSignal<Option<Timestamp>>,
    /// What was done to several rows at once, and can be undone.
    pub done: RwSignal<Option<UndoableAction>>,
    /// What was done, for screen readers.
    pub said: RwSignal<String>,
}

/// What was just done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoableAction {
    /// The actions that it took, in the order in which they were performed.
    pub acts: Vec<ModerationId>,
    /// What was done, in words.
    pub words: String,
    /// The selector of what it was done to: the focus goes there when this is no longer told.
    pub about: String,
}

impl RowInteraction {
    /// Nothing is done yet.
    pub fn new(presence: PresenceState) -> Self {
        Self {
            presence,
            editing: presence.row,
            drafts: StoredValue::default(),
            pointing: RwSignal::default(),
            focused: RwSignal::default(),
            reading: RwSignal::default(),
            leaving: RwSignal::default(),
            placing: StoredValue::default(),
            ticked: RwSignal::default(),
            failed: RwSignal::default(),
            about: RwSignal::default(),
            done: RwSignal::default(),
            said: RwSignal::default(),
        }
    }

    /// The row that is edited, or was until a moment ago: it stays where it is until the focus is back in it. Tracked.
    pub(super) fn edited(self) -> Option<TimestampId> {
        self.editing.get().or_else(|| self.leaving.get())
    }

    /// The row that is edited is gone from the list, and its editor with it.
    pub(super) fn lose_edited(self) {
        if self.editing.get_untracked().is_some() {
            self.editing.set(None);
            self.said.set(moderation::EDITED_ROW_GONE.to_owned());
        }
    }

    /// A row is not drawn any more: it tells nobody that the pointer has left it.
    pub(super) fn remove(self, id: TimestampId) {
        if self.pointing.get_untracked() == Some(id) {
            self.pointing.set(None);
        }
        self.clear_failure(id);
    }

    /// Keeps those of the ticked rows ticked that this says of.
    pub(super) fn keep_ticked(self, stays: impl Fn(TimestampId) -> bool) {
        let are_all_kept = self
            .ticked
            .with_untracked(|rows| rows.iter().all(|row| stays(*row)));
        if !are_all_kept {
            self.ticked.update(|rows| rows.retain(|row| stays(*row)));
        }
    }

    /// A note was saved, or was not. An editor that is still open shows why; otherwise the row does.
    pub(super) fn note_answered(
        self,
        feed: Feed,
        (id, at): (TimestampId, Offset),
        is_open: bool,
        saved: &Result<(), ServiceError>,
    ) {
        // The page may be left by now.
        if self.said.try_with_untracked(|_| ()).is_none() {
            return;
        }
        match saved {
            Ok(()) => {
                self.clear_failure(id);
                self.said.set(moderation::note_saved(at));
                // The live stream brings the new note; if it is waiting to reconnect, retry now.
                feed.retry_now.run(());
            }
            Err(_) if is_open => {}
            Err(refusal) => self.refuse(id, refusal.clone()),
        }
    }

    /// Shows in a row what could not be done to it.
    pub(super) fn refuse(self, id: TimestampId, refusal: ServiceError) {
        self.failed
            .update(|failed| drop(failed.insert(id, refusal)));
    }

    /// Clears the message that something could not be done to a row.
    pub fn clear_failure(self, id: TimestampId) {
        let is_told = |failed: &LiteMap<_, _>| failed.contains_key(&id);
        if self.failed.try_with_untracked(is_told) == Some(true) {
            self.failed.update(|failed| drop(failed.remove(&id)));
        }
    }
}
