//! The list of timestamps on a page: snapshot, older pages and live frames, merged so that order and repetition don't
//! matter.
//!
//! Every part of it only ever grows towards one side (the highest revision, the widest range), and what is shown is
//! worked out from the whole. So late, doubled and overlapping pages and frames give the same list.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::domain::{
    change::Frame,
    revision::Revision,
    snapshot::Page,
    timestamp::{Place, Timestamp, TimestampId},
};

/// The list of timestamps on a page, in the order of rule 3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// All that was heard of, in its newest form, also what is not shown.
    rows: BTreeMap<Place, Timestamp>,
    /// The removals, each with the highest revision at which it was told.
    removed: HashMap<TimestampId, Revision>,
    /// The visitor's own: nobody's removal takes them off their author's page.
    own: HashSet<TimestampId>,
    /// How far back the loaded range goes.
    reach: Reach,
}

/// How far back the pages reach that were loaded so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// To the first timestamp of the session.
    All,
    /// To this one; there are others before it.
    From(Place),
    /// Nothing was loaded yet.
    #[default]
    Nothing,
}

impl List {
    /// A list that starts with a snapshot's page.
    pub fn new(page: Page) -> Self {
        let mut list = Self::default();
        list.merge_page(page);
        list
    }

    /// Takes in a page: that of a snapshot, or an older one.
    pub fn merge_page(&mut self, page: Page) {
        let reach = match page.timestamps.first() {
            Some(first) if page.more => Reach::From(first.place()),
            Some(_) | None => Reach::All,
        };
        self.reach = self.reach.min(reach);
        for timestamp in page.timestamps {
            self.merge(timestamp);
        }
    }

    /// Takes in a live frame.
    pub fn merge_frame(&mut self, frame: Frame) {
        for timestamp in frame.timestamps {
            self.merge(timestamp);
        }
        for id in frame.removed {
            let told = self.removed.entry(id).or_insert(frame.revision);
            *told = frame.revision.max(*told);
        }
    }

    /// Takes in the answer to one of the visitor's own presses.
    pub fn merge_own(&mut self, timestamp: Timestamp) {
        self.merge(Timestamp {
            mine: true,
            ..timestamp
        });
    }

    fn merge(&mut self, timestamp: Timestamp) {
        if timestamp.mine {
            self.own.insert(timestamp.id);
        }
        // Frames are shared and never say whose a row is: what was known of that stays known.
        let mine = self.own.contains(&timestamp.id);
        let row = self
            .rows
            .entry(timestamp.place())
            .or_insert_with(|| timestamp.clone());
        if timestamp.revision > row.revision {
            *row = timestamp;
        }
        row.mine = mine;
    }

    fn is_shown(&self, row: &Timestamp) -> bool {
        let in_reach = match self.reach {
            Reach::All => true,
            // What lies before the loaded range (a press that waited offline) comes with the page it belongs to.
            Reach::From(first) => row.place() >= first,
            Reach::Nothing => false,
        };
        let removed = self
            .removed
            .get(&row.id)
            .is_some_and(|at| row.revision <= *at);
        in_reach && (row.mine || !removed)
    }

    /// What is shown, in the order of rule 3.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &Timestamp> {
        self.rows.values().filter(|row| self.is_shown(row))
    }

    /// Whether this one is shown.
    pub fn contains(&self, id: TimestampId) -> bool {
        self.rows().any(|row| row.id == id)
    }

    /// The place before which older ones can be loaded; none when all are there.
    pub fn older_before(&self) -> Option<Place> {
        match self.reach {
            Reach::From(first) => Some(first),
            Reach::All | Reach::Nothing => None,
        }
    }
}
