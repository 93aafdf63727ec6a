//! What is being done with the rows of the moderators' list.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;

use crate::{
    clips::ClipsError,
    domain::{
        moderation::ModerationId,
        timestamp::{Timestamp, TimestampId},
    },
};

/// What is being done with the rows, and by that what must keep still.
#[derive(Clone, Copy)]
pub struct Hands {
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
    /// The rows that could not be hidden or restored, and why, until it is tried again.
    pub failed: RwSignal<BTreeMap<TimestampId, ClipsError>>,
    /// The row whose viewer something is to be done about.
    pub about: RwSignal<Option<Timestamp>>,
    /// What was done to several rows at once, and can be undone.
    pub done: RwSignal<Option<DoneAct>>,
    /// What was done, for those who hear the page.
    pub said: RwSignal<String>,
}

/// An act that was just done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoneAct {
    /// Its name.
    pub act: ModerationId,
    /// What was done, in words.
    pub words: String,
}

impl Hands {
    /// Nothing is done yet.
    pub fn new() -> Self {
        Self {
            editing: RwSignal::new(None),
            pointing: RwSignal::new(None),
            focused: RwSignal::new(None),
            leaving: RwSignal::new(None),
            placing: StoredValue::new(false),
            selected: RwSignal::default(),
            failed: RwSignal::default(),
            about: RwSignal::new(None),
            done: RwSignal::new(None),
            said: RwSignal::new(String::new()),
        }
    }
}

impl Default for Hands {
    fn default() -> Self {
        Self::new()
    }
}
