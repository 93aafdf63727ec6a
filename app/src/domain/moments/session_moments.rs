//! All curves of one session, kept up row by row, and the questions that a server asks of them.

mod joins;
mod sharpened;
mod visitors;

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

pub use self::joins::JoinRow;
use self::{joins::Joins, visitors::Visitors};

use super::{
    boundaries::RangeEdit,
    crowd_curve::VisitorIndex,
    identity::{Absorbed, StoredMoment},
    kernel::Kernel,
    moment::{LAST_SECOND, MomentId},
    press_index::Seen,
    rank::Thresholds,
    segment_curve::{CountedMoment, Inserted, SegmentCurve},
    weight::Weight,
};
use crate::domain::{labels::LabelId, timestamp::TimestampId};

/// A row of the list, as the curve reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PressRow {
    /// Its id.
    pub id: TimestampId,
    /// The segment: 1, 2, 3, ….
    pub segment_index: u32,
    /// Whole seconds since the segment's start.
    pub offset: u32,
    /// Whose it is.
    pub visitor: Uuid,
    /// What its visitor counts for, which is the same whatever becomes of the row. Of several rows that count, the lowest does.
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

/// The curves of one session. What it answers depends only on the rows that count now, whatever the order in which they came,
/// and whatever else came in between.
#[derive(Clone, Debug)]
pub struct SessionMoments {
    kernel: Kernel,
    visitors: Visitors,
    joins: Joins,
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
            visitors: Visitors::default(),
            joins: Joins::default(),
            segments: BTreeMap::new(),
            version: 0,
            seen: Seen::default(),
        }
    }

    /// Takes in a row as it is now: a new one, or one that was hidden, held, restored, given another label, or only edited. Whether something moved.
    pub fn apply(&mut self, row: &PressRow) -> bool {
        let place = (row.offset, row.id);
        if !row.counts {
            let visitor = self.visitors.find(row.visitor);
            return visitor.is_some_and(|visitor| {
                self.remove(visitor, (row.segment_index, place), row.weight)
            });
        }
        if row.offset > LAST_SECOND {
            return false;
        }
        let visitor = self.visitors.number(row.visitor);
        let weight = self.visitors.weight(visitor).min(row.weight);
        let version = self.version + 1;
        let kernel = self.kernel;
        let segment = self.segments.entry(row.segment_index);
        let segment = segment.or_insert_with(|| SegmentCurve::new(kernel));
        let inserted = segment.insert(visitor, place, weight, row.label, version);
        if inserted != Inserted::Known {
            self.version = version;
        }
        if inserted == Inserted::New && self.visitors.add_press(visitor, row.weight) {
            self.weigh_anew(visitor);
        }
        inserted != Inserted::Known
    }

    /// Takes a row out, if it is counted. Whether it was.
    fn remove(
        &mut self,
        visitor: VisitorIndex,
        (segment_index, place): (u32, (u32, TimestampId)),
        weight: Weight,
    ) -> bool {
        let version = self.version + 1;
        let segment = self.segments.get_mut(&segment_index);
        let moved = segment.is_some_and(|segment| segment.remove(visitor, place, version));
        if moved {
            self.version = version;
            if self.visitors.remove_press(visitor, weight) {
                self.weigh_anew(visitor);
            }
        }
        moved
    }

    /// Gives all presses of a visitor the weight that they have by now.
    fn weigh_anew(&mut self, visitor: VisitorIndex) {
        let weight = self.visitors.weight(visitor);
        for segment in self.segments.values_mut() {
            segment.set_weight(visitor, weight, self.version);
        }
    }

    /// Takes out all that a visitor pressed or joined, since they were blocked. When they are unblocked, their rows are to be
    /// applied again. Whether something moved.
    pub fn remove_visitor(&mut self, visitor: Uuid) -> bool {
        let Some(visitor) = self.visitors.find(visitor) else {
            return false;
        };
        let has_left = self.remove_joins_of(visitor);
        let version = self.version + 1;
        let mut moved = false;
        for segment in self.segments.values_mut() {
            moved |= segment.remove_visitor(visitor, version);
        }
        self.visitors.remove_presses(visitor);
        if moved {
            self.version = version;
        }
        moved || has_left
    }

    /// Removes rows of a segment, each with its weight, whose visitors were erased, so that their authors are not known any
    /// more. Whether something moved.
    pub fn remove_erased(
        &mut self,
        segment_index: u32,
        rows: &HashMap<(u32, TimestampId), Weight>,
    ) -> bool {
        let Some(segment) = self.segments.get(&segment_index) else {
            return false;
        };
        let counted = segment.find(|place| rows.get(&place).copied());
        for &(visitor, place, weight) in &counted {
            self.remove(visitor, (segment_index, place), weight);
        }
        !counted.is_empty()
    }

    /// How large the audience is: how many distinct visitors have presses that count, each by their weight. Who weighs next to
    /// nothing makes no moments, and doesn't keep others from making them either.
    ///
    /// Like all answers, it depends only on the rows that count now. Processes agree on it, whatever each of them saw of
    /// presses that were hidden or erased since. Visitors who only joined moments are left out.
    pub fn audience(&self) -> u32 {
        self.visitors.audience()
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

    /// About how many bytes it holds. It looks at every segment, but at no press.
    pub fn heap_bytes(&self) -> usize {
        let segments = self.segments.values().map(SegmentCurve::heap_bytes);
        segments.sum::<usize>() + self.visitors.heap_bytes() + self.joins.heap_bytes()
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
    /// visitors the session has: [`Self::audience`].
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
