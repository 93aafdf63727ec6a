//! All curves of one session, kept up row by row, and the questions that a server asks of them.

mod joins;
mod sharpened;

use std::collections::{BTreeMap, HashMap, HashSet, hash_map::Entry};

use uuid::Uuid;

pub use self::joins::JoinRow;
use self::joins::Joins;

use super::{
    boundaries::RangeEdit,
    crowd_curve::VisitorIndex,
    identity::{Absorbed, StoredMoment},
    kernel::Kernel,
    moment::MomentId,
    press_index::Seen,
    rank::Thresholds,
    segment_curve::{CountedMoment, SegmentCurve},
    weight::Weight,
};
use crate::domain::{labels::LabelId, timestamp::TimestampId};

/// A row of the list, as the curve reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PressRow {
    /// Its name.
    pub id: TimestampId,
    /// The segment: 1, 2, 3, ….
    pub segment_index: u32,
    /// Whole seconds since the segment's start.
    pub offset: u32,
    /// Whose it is.
    pub visitor: Uuid,
    /// What its visitor counts for. Of several rows the lowest counts, hidden ones included.
    pub weight: Weight,
    /// The label that it carries.
    pub label: Option<LabelId>,
    /// Whether it counts: not where it is hidden or held, or its visitor is blocked.
    pub counts: bool,
}

/// What a segment's moments are now, and what became of those that were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentMoments {
    /// In order of time, with those that keep their id without being shown.
    pub moments: Vec<CountedMoment>,
    /// Ids that ended, and where each redirects.
    pub absorbed: Vec<Absorbed>,
    /// Those that were shown and aren't any more.
    pub vanished: Vec<MomentId>,
}

/// The curves of one session. What it answers depends only on the rows it knows, whatever the order in which they came.
#[derive(Clone, Debug)]
pub struct SessionMoments {
    kernel: Kernel,
    visitors: HashMap<Uuid, (VisitorIndex, Weight)>,
    joins: Joins,
    /// How many visitors were ever numbered.
    numbered: u32,
    segments: BTreeMap<u32, SegmentCurve>,
    version: u64,
    seen: Seen,
}

impl Default for SessionMoments {
    fn default() -> Self {
        Self::new(Kernel::LIVE)
    }
}

impl SessionMoments {
    fn new(kernel: Kernel) -> Self {
        Self {
            kernel,
            visitors: HashMap::new(),
            joins: Joins::default(),
            numbered: 0,
            segments: BTreeMap::new(),
            version: 0,
            seen: Seen::default(),
        }
    }

    /// Takes in a row as it is now: a new one, or one that was hidden, held, restored, given another label, or only edited. Whether something moved.
    pub fn apply(&mut self, row: &PressRow) -> bool {
        let (visitor, weight) = self.visitor(row.visitor, row.weight);
        let version = self.version + 1;
        let place = (row.offset, row.id);
        let moved = if row.counts {
            let kernel = self.kernel;
            let segment = self.segments.entry(row.segment_index);
            let segment = segment.or_insert_with(|| SegmentCurve::new(kernel));
            segment.insert(visitor, place, weight, row.label, version)
        } else {
            let segment = self.segments.get_mut(&row.segment_index);
            segment.is_some_and(|segment| segment.remove(visitor, place, version))
        };
        if moved {
            self.version = version;
        }
        moved
    }

    /// Takes out all that a visitor pressed or joined: they were blocked, or erased themselves. When they are unblocked, their
    /// rows are to be applied again. Whether something moved.
    pub fn remove_visitor(&mut self, visitor: Uuid) -> bool {
        let pressed = self.visitors.remove(&visitor).map(|(visitor, _)| visitor);
        let Some(visitor) = pressed.or_else(|| self.joins.joiners.remove(&visitor)) else {
            return false;
        };
        let has_left = self.remove_joins_of(visitor);
        let version = self.version + 1;
        let mut moved = false;
        for segment in self.segments.values_mut() {
            moved |= segment.remove_visitor(visitor, version);
        }
        if moved {
            self.version = version;
        }
        moved || has_left
    }

    /// Removes rows of a segment whose visitors were erased, so that their authors are not known any more. Whether something
    /// moved.
    pub fn remove_erased(
        &mut self,
        segment_index: u32,
        rows: &HashSet<(u32, TimestampId)>,
    ) -> bool {
        let version = self.version + 1;
        let segment = self.segments.get_mut(&segment_index);
        let moved = segment.is_some_and(|segment| segment.remove_erased(rows, version));
        if moved {
            self.version = version;
        }
        moved
    }

    /// A visitor's number, and the lowest weight that was told of them.
    fn visitor(&mut self, visitor: Uuid, told: Weight) -> (VisitorIndex, Weight) {
        let (visitor, weight) = match self.visitors.entry(visitor) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let number = self.joins.joiners.remove(new.key()).unwrap_or_else(|| {
                    self.numbered += 1;
                    VisitorIndex(self.numbered - 1)
                });
                new.insert((number, told))
            }
        };
        let visitor = *visitor;
        if told < *weight {
            *weight = told;
            self.version += 1;
            for segment in self.segments.values_mut() {
                segment.set_weight(visitor, told, self.version);
            }
            return (visitor, told);
        }
        (visitor, *weight)
    }

    /// How many distinct visitors have pressed, those with hidden rows included, and those who only joined moments left out.
    pub fn audience(&self) -> u32 {
        u32::try_from(self.visitors.len()).unwrap_or(u32::MAX)
    }

    /// Counts changes: what was asked for at one version is to be asked for again from that version on.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The segments with presses that changed after a version.
    pub fn changed_segments(&self, since: u64) -> impl Iterator<Item = u32> {
        let segments = self.segments.iter();
        segments
            .filter(move |(_, segment)| segment.changed() > since)
            .map(|(&index, _)| index)
    }

    /// One segment's curve.
    pub fn segment(&self, index: u32) -> Option<&SegmentCurve> {
        self.segments.get(&index)
    }

    /// How many seconds each bucket of a segment has, and their values in tenths of a visitor: what `path::path` draws.
    pub fn buckets(&mut self, segment_index: u32) -> (u32, Vec<u32>) {
        match self.segments.get_mut(&segment_index) {
            Some(segment) => {
                let buckets = segment.buckets();
                (buckets.width(), buckets.values().collect())
            }
            None => (1, Vec::new()),
        }
    }

    /// A segment's moments, given what is stored of them, what people did to their ranges (oldest first), and how many
    /// distinct visitors the session has: [`Self::audience`], or the number that is stored with it.
    ///
    /// The caller writes a row for each shown one without an id, stores whether the others are shown, and lets absorbed ids
    /// redirect.
    pub fn moments(
        &mut self,
        segment_index: u32,
        stored: &[StoredMoment],
        edits: &[RangeEdit],
        audience: u32,
    ) -> SegmentMoments {
        let kernel = self.kernel;
        let mut empty = SegmentCurve::new(kernel);
        let segment = self.segments.get_mut(&segment_index).unwrap_or(&mut empty);
        let thresholds = Thresholds::of(audience);
        let (moments, fold) = segment.moments(edits, stored, thresholds, &mut self.seen);
        SegmentMoments {
            moments,
            absorbed: fold.absorbed,
            vanished: fold.vanished,
        }
    }
}

#[cfg(test)]
mod tests;
