//! A browser's own presses in one session, as the server returned them to it alone. Pages and frames are the same for
//! everybody: only the browser that made a press knows that it is its own. Pure; `browser/storage.rs` stores them,
//! `restore_own_presses.rs` fetches what was lost.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::{
    revision::{Cursor, Epoch},
    text::Note,
    timestamp::{Timestamp, TimestampId},
};

#[cfg(test)]
mod tests;

/// How many presses of one session a browser keeps: the newest ones.
pub const MOST: usize = 500;

/// How long a browser keeps a press, counted from when the server received it: 30 days.
pub const KEPT_FOR: TimeDelta = TimeDelta::days(30);

/// One of the browser's own presses, and the cursor of its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The epoch that it belongs to, and the revision of the timestamp in it.
    pub cursor: Cursor,
    /// The press as its author sees it.
    pub timestamp: Timestamp,
    /// Whether it has another note than its author gave it, as far as this browser knows: then somebody else has edited it, and
    /// its author can't any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub edited: bool,
    /// The note that its author gave it, while it has another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_note: Option<Note>,
    /// Whether the public numbers left it out when this browser last heard of it. A list that doesn't reach back to it tells no
    /// more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uncounted: bool,
}

impl Record {
    /// A press as the server of this epoch returned it.
    pub fn new(epoch: Epoch, timestamp: Timestamp) -> Self {
        Self {
            cursor: Cursor {
                epoch,
                revision: timestamp.revision,
            },
            timestamp: timestamp.as_its_author_sees_it(),
            edited: false,
            own_note: None,
            uncounted: false,
        }
    }

    /// Whether it is older than a press is kept.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        now - self.timestamp.created_at > KEPT_FOR
    }
}

/// The browser's own presses in one session, bounded. Merged by the highest revision: late, duplicate and reordered updates
/// lead to the same result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPresses {
    epoch: Epoch,
    records: HashMap<TimestampId, Record>,
    /// Those that were erased: a late answer brings none of them back.
    erased: HashSet<TimestampId>,
}

/// What to do after a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merged {
    /// It was already known in this or a newer state, or is not to be kept.
    Nothing,
    /// Store it; the one that had to make room for it is not stored any more.
    Kept {
        /// What to store.
        record: Record,
        /// What to remove from storage.
        dropped: Option<TimestampId>,
    },
}

impl OwnPresses {
    /// No presses, in this epoch.
    pub fn new(epoch: Epoch) -> Self {
        Self {
            epoch,
            records: HashMap::new(),
            erased: HashSet::new(),
        }
    }

    /// The epoch that they belong to.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Merges what was stored. Returns what to remove from storage: what belongs to another epoch (a restored copy gives
    /// the same revisions to other rows), is too old, or is too much.
    pub fn restore(&mut self, records: Vec<Record>, now: DateTime<Utc>) -> Vec<TimestampId> {
        let mut dropped = Vec::new();
        for record in records {
            let id = record.timestamp.id;
            if record.cursor.epoch != self.epoch || record.is_over(now) {
                dropped.push(id);
            } else if let Merged::Kept {
                dropped: Some(id), ..
            } = self.merge_record(record)
            {
                dropped.push(id);
            } else if !self.records.contains_key(&id) {
                dropped.push(id);
            }
        }
        dropped
    }

    /// Merges one of the browser's own presses, as the server answered it: the note is this browser's.
    pub fn merge(&mut self, timestamp: Timestamp) -> Merged {
        self.take(Record::new(self.epoch, timestamp))
    }

    /// Merges one of the browser's own presses, as it was stored.
    pub fn merge_record(&mut self, record: Record) -> Merged {
        self.take(Record {
            edited: record.edited,
            own_note: record.own_note,
            uncounted: record.uncounted,
            ..Record::new(self.epoch, record.timestamp)
        })
    }

    fn take(&mut self, record: Record) -> Merged {
        let id = record.timestamp.id;
        // The stream may bring this browser's own edit before its answer does, which then says whose it is.
        let newness = |record: &Record| (record.timestamp.revision, !record.edited);
        let known = self.records.get(&id);
        let is_known = known.is_some_and(|known| newness(known) >= newness(&record));
        if is_known || self.erased.contains(&id) {
            return Merged::Nothing;
        }
        self.records.insert(id, record.clone());
        let dropped = match self.records.len() > MOST {
            true => self.oldest(),
            false => None,
        };
        if let Some(dropped) = dropped {
            self.records.remove(&dropped);
        }
        match dropped {
            Some(dropped) if dropped == id => Merged::Nothing,
            dropped => Merged::Kept { record, dropped },
        }
    }

    /// Merges a row of a page or a frame, which only matters if it is one of the browser's own.
    pub fn hear(&mut self, timestamp: &Timestamp) -> Merged {
        match self.records.get(&timestamp.id) {
            Some(known) if known.timestamp.revision < timestamp.revision => {
                let own_note = match known.edited {
                    true => &known.own_note,
                    false => &known.timestamp.note,
                };
                // What somebody else edited is its author's again once that is undone.
                let edited = *own_note != timestamp.note;
                let own_note = own_note.clone().filter(|_| edited);
                self.take(Record {
                    edited,
                    own_note,
                    ..Record::new(self.epoch, timestamp.clone())
                })
            }
            Some(_) | None => Merged::Nothing,
        }
    }

    /// The public numbers leave this press out. They contain it again once it is heard of at a later revision.
    pub fn set_uncounted(&mut self, id: TimestampId) -> Merged {
        match self.records.get_mut(&id) {
            Some(record) if !record.uncounted => {
                record.uncounted = true;
                Merged::Kept {
                    record: record.clone(),
                    dropped: None,
                }
            }
            Some(_) | None => Merged::Nothing,
        }
    }

    /// Those that the public numbers left out when this browser last heard of them.
    pub fn uncounted(&self) -> Vec<TimestampId> {
        let uncounted = self.records.iter().filter(|(_, record)| record.uncounted);
        uncounted.map(|(id, _)| *id).collect()
    }

    /// Its visitor was erased. Returns whether it was one of these.
    pub fn erase(&mut self, id: TimestampId) -> bool {
        self.erased.insert(id);
        self.records.remove(&id).is_some()
    }

    /// Whether this press has another note than its author gave it, as far as this browser knows.
    pub fn is_edited(&self, id: TimestampId) -> bool {
        self.records.get(&id).is_some_and(|record| record.edited)
    }

    /// The oldest press. An index by age would weigh several kB in the viewers' bundle, and only matters to somebody who has
    /// pressed hundreds of times.
    fn oldest(&self) -> Option<TimestampId> {
        let presses = self.timestamps();
        let oldest = presses.min_by_key(|press| (press.created_at, press.id))?;
        Some(oldest.id)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The presses, in no order.
    pub fn timestamps(&self) -> impl Iterator<Item = &Timestamp> {
        self.records.values().map(|record| &record.timestamp)
    }
}
