//! What a moderator is doing with the rows of the list: editing, pointing, selecting.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;

use crate::{
    domain::{
        moderation::ModerationId,
        timestamp::{Timestamp, TimestampId},
    },
    service::ServiceError,
};

/// What is being done with the rows, and by that what must keep still.
#[derive(Clone, Copy, Default)]
pub struct RowInteraction {
    /// The row whose note is edited; one at a time.
    pub editing: RwSignal<Option<TimestampId>>,
    /// The row whose buttons the pointer is over.
    pub pointing: RwSignal<Option<TimestampId>>,
    /// The row that the keyboard's focus is in.
    pub focused: RwSignal<Option<TimestampId>>,
    /// The row whose editor was closed, until the focus is back in its button.
    pub leaving: RwSignal<Option<TimestampId>>,
    /// Older rows came in, and the page is not yet back where it stood: until then what is drawn stays.
    pub placing: StoredValue<bool>,
    /// The rows that are ticked.
    pub selected: RwSignal<BTreeSet<TimestampId>>,
    /// The rows that could not be hidden or restored, and why: until it is tried again, or the row is edited or taken off.
    pub failed: RwSignal<BTreeMap<TimestampId, ServiceError>>,
    /// The row whose viewer something is to be done about.
    pub about: RwSignal<Option<Timestamp>>,
    /// What was done to several rows at once, and can be undone.
    pub done: RwSignal<Option<UndoableAction>>,
    /// What was done, for those who hear the page.
    pub said: RwSignal<String>,
}

/// An act that was just done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoableAction {
    /// Its name.
    pub act: ModerationId,
    /// What was done, in words.
    pub words: String,
}

impl RowInteraction {
    /// Tells no longer that a row could not be hidden or restored.
    pub fn clear_failure(self, id: TimestampId) {
        let is_told = |failed: &BTreeMap<_, _>| failed.contains_key(&id);
        if self.failed.try_with_untracked(is_told) == Some(true) {
            self.failed.update(|failed| drop(failed.remove(&id)));
        }
    }
}
