//! A browser's own presses in one session, as the server returned them to it alone. Pages and frames are the same for
//! everybody: only the browser that made a press knows that it is its own. Pure; `browser/storage.rs` stores them,
//! `restore_own_presses.rs` fetches what was lost.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::{
    revision::{Cursor, Epoch},
    timestamp::{Timestamp, TimestampId},
};

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
    /// Whether somebody else has given it another note: then its author can't edit it any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub edited: bool,
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
        self.take(timestamp, false)
    }

    /// Merges one of the browser's own presses, as it was stored.
    pub fn merge_record(&mut self, record: Record) -> Merged {
        self.take(record.timestamp, record.edited)
    }

    fn take(&mut self, timestamp: Timestamp, edited: bool) -> Merged {
        let id = timestamp.id;
        let record = Record {
            edited,
            ..Record::new(self.epoch, timestamp)
        };
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
                let edited = known.edited || known.timestamp.note != timestamp.note;
                self.take(timestamp.clone(), edited)
            }
            Some(_) | None => Merged::Nothing,
        }
    }

    /// Its visitor was erased. Returns whether it was one of these.
    pub fn erase(&mut self, id: TimestampId) -> bool {
        self.erased.insert(id);
        self.records.remove(&id).is_some()
    }

    /// Whether somebody else has given this press another note.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{offset::Offset, revision::Revision, text::Text, timestamp::tests::blank};

    const EPOCH: Epoch = Epoch(7);

    fn id(n: u16) -> TimestampId {
        TimestampId(Uuid::from_u128(u128::from(n)))
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    /// The press number `n`, received at second `n`, as it was at a revision.
    fn press(n: u16, revision: i64) -> Timestamp {
        Timestamp {
            id: id(n),
            offset_seconds: Offset(u32::from(n)),
            note: Text::parse_optional(&format!("as of {revision}")).unwrap(),
            created_at: at(i64::from(n)),
            arrival: Revision(i64::from(n)),
            revision: Revision(revision),
            ..blank()
        }
    }

    fn record(n: u16, revision: i64) -> Record {
        Record::new(EPOCH, press(n, revision))
    }

    fn notes(own: &OwnPresses) -> Vec<String> {
        let mut presses: Vec<_> = own.timestamps().collect();
        presses.sort_by_key(|press| press.created_at);
        let notes = presses.iter().flat_map(|press| &press.note);
        notes.map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_told_of_a_press_is_stored_once_and_never_with_a_mark_that_its_author_must_not_see() {
        let mut own = OwnPresses::new(EPOCH);
        let hidden = Timestamp {
            hidden: true,
            held: true,
            ..press(1, 5)
        };
        let Merged::Kept { record, dropped } = own.merge(hidden) else {
            panic!("it is news")
        };
        assert_eq!((record.clone(), dropped), (self::record(1, 5), None));
        let stored = serde_json::to_string(&record).unwrap();
        let read: Record = serde_json::from_str(&stored).unwrap();
        assert_eq!(own.merge(read.timestamp), Merged::Nothing);
        assert!(!stored.contains("hidden") && !stored.contains("held"));
    }

    #[test]
    fn a_row_of_somebody_else_is_none_of_these() {
        let mut own = OwnPresses::new(EPOCH);
        assert_eq!(own.hear(&press(1, 5)), Merged::Nothing);
        own.merge(press(1, 5));
        assert_ne!(own.hear(&press(1, 6)), Merged::Nothing);
        assert_eq!(notes(&own), ["as of 6"]);
    }

    #[test]
    fn another_note_is_somebody_elses_unless_an_answer_tells_that_it_is_this_browsers() {
        let same_note = |revision| Timestamp {
            revision: Revision(revision),
            ..press(1, 5)
        };
        let mut own = OwnPresses::new(EPOCH);
        own.merge(press(1, 5));
        own.hear(&same_note(6));
        assert!(!own.is_edited(id(1)), "hidden and shown again");
        // An edit of one's own, whose answer comes before the stream or after it, here or in another tab.
        for answer_is_first in [true, false] {
            let mut own = own.clone();
            if !answer_is_first {
                own.hear(&press(1, 7));
                assert!(own.is_edited(id(1)));
            }
            own.merge(press(1, 7));
            own.hear(&press(1, 7));
            assert!(!own.is_edited(id(1)));
        }
        // Somebody else's stays theirs, over a late answer and a reload.
        own.hear(&press(1, 8));
        let Merged::Kept { record, .. } = own.hear(&Timestamp {
            revision: Revision(9),
            ..press(1, 8)
        }) else {
            panic!("it is news")
        };
        own.merge(press(1, 7));
        assert!(own.is_edited(id(1)));
        let stored = serde_json::to_string(&record).unwrap();
        let mut later = OwnPresses::new(EPOCH);
        assert_eq!(
            later.restore(vec![serde_json::from_str(&stored).unwrap()], at(0)),
            []
        );
        assert!(later.is_edited(id(1)));
        assert_eq!(later.merge_record(record), Merged::Nothing);
    }

    #[test]
    fn the_newest_five_hundred_are_kept() {
        let mut own = OwnPresses::new(EPOCH);
        let most = u16::try_from(MOST).unwrap();
        let records = (1..=most + 2).map(|n| record(n, 5)).collect();
        assert_eq!(own.restore(records, at(0)), [id(1), id(2)]);
        assert_eq!(own.merge(press(0, 9)), Merged::Nothing, "older than all");
        assert_eq!(own.timestamps().count(), MOST);
    }

    #[test]
    fn what_is_thirty_days_old_goes() {
        let mut own = OwnPresses::new(EPOCH);
        let later = at(2) + KEPT_FOR;
        let records = vec![record(1, 5), record(2, 6)];
        assert_eq!(own.restore(records, later), [id(1)]);
        assert_eq!(notes(&own), ["as of 6"]);
    }

    #[test]
    fn what_a_restored_database_may_have_lost_is_asked_for_anew() {
        let mut own = OwnPresses::new(Epoch(8));
        assert_eq!(own.restore(vec![record(1, 5)], at(0)), [id(1)]);
        assert!(own.is_empty());
    }

    #[test]
    fn an_erased_press_is_brought_back_by_no_late_answer() {
        let mut own = OwnPresses::new(EPOCH);
        own.merge(press(1, 5));
        assert!(own.erase(id(1)) && !own.erase(id(1)));
        assert_eq!(own.merge(press(1, 9)), Merged::Nothing);
        assert!(own.is_empty());
    }

    proptest! {
        /// Answers and erasures, late, doubled and in any order, leave the same; and what is stored is what is known.
        #[test]
        fn any_order_and_repetition_leaves_the_same_presses(
            (in_order, shuffled) in proptest::collection::vec((0u16..8, 1i64..6), 1..30)
                .prop_flat_map(|told| (Just(told.clone()), Just([told.clone(), told].concat()).prop_shuffle())),
            erased in proptest::collection::vec(0u16..8, 0..3),
            erased_at in 0usize..30,
        ) {
            let hear = |told: &[(u16, i64)], erased_at: usize| {
                let mut own = OwnPresses::new(EPOCH);
                let mut stored = HashMap::new();
                for at in 0..=told.len() {
                    if at == erased_at.min(told.len()) {
                        for n in &erased {
                            own.erase(id(*n));
                            stored.remove(&id(*n));
                        }
                    }
                    let Some((n, revision)) = told.get(at) else { break };
                    if let Merged::Kept { record, dropped } = own.merge(press(*n, *revision)) {
                        stored.insert(record.timestamp.id, record);
                        dropped.map(|id| stored.remove(&id));
                    }
                }
                (own, stored)
            };
            let (own, stored) = hear(&in_order, usize::MAX);
            let (other, other_stored) = hear(&shuffled, erased_at);
            prop_assert_eq!(&own, &other);
            prop_assert_eq!(&stored, &other_stored);
            prop_assert_eq!(stored, own.records);
        }
    }
}
