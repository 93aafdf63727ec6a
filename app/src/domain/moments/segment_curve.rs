//! One segment's curve with what is asked of it: its buckets, its moments and their counts.

use std::collections::HashMap;

use super::{
    boundaries::RangeEdit,
    buckets::{Buckets, tenths},
    crowd::Crowd,
    crowd_curve::{CrowdCurve, VisitorIndex},
    delays::Delays,
    heap_bytes,
    identity::{self, Fold, FoundMoment, StoredMoment},
    kernel::Kernel,
    label_index::LabelIndex,
    moment::{EditingState, LAST_SECOND, LabelCount, MergedNote, Moment, MomentId},
    press_index::{Evidence, PressIndex, Seen},
    rank::Thresholds,
    weight::Weight,
};
use crate::domain::{labels::LabelId, offset::Offset, timestamp::TimestampId};

/// The counted presses of one segment.
#[derive(Clone, Debug)]
pub struct SegmentCurve {
    curve: CrowdCurve,
    /// The heights at the stored offsets, if the curve is of corrected ones. Presses and labels are always at the stored ones,
    /// as on all lists.
    stored_cells: Option<Vec<u64>>,
    index: PressIndex,
    labels: LabelIndex,
    buckets: Buckets,
    /// The version in which the curve or its presses last changed.
    changed: u64,
    /// The version in which somebody last joined one of its moments, or had joined and does not count any more.
    joined: u64,
    /// What ranges held in which version.
    counted: HashMap<(u32, u32), (u64, Evidence, Vec<LabelCount>)>,
}

/// What came of a row that was handed to a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inserted {
    /// It was not counted yet.
    New,
    /// It was counted already, with another label.
    Relabelled,
    /// It is no news, or lies behind the last second that can count.
    Known,
}

/// A moment of a segment, with the counts of its range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedMoment {
    /// The moment.
    pub found: FoundMoment,
    /// What lies in its range.
    pub evidence: Evidence,
    /// The labels of its presses, the most frequent first.
    pub labels: Vec<LabelCount>,
}

impl CountedMoment {
    /// The moment as it travels, under the id that it has or was given, before people said anything about it.
    pub fn moment(&self, id: MomentId, segment_index: u32, notes: Vec<MergedNote>) -> Moment {
        Moment {
            id,
            segment_index,
            start: Offset(self.found.start),
            peak: Offset(self.found.peak),
            end: Offset(self.found.end),
            is_start_set: self.found.is_start_set,
            presses: self.evidence.presses,
            visitors: self.evidence.visitors,
            excess: tenths(self.found.excess),
            notes,
            labels: self.labels.clone(),
            title: None,
            starred: false,
            hidden: false,
            state: EditingState::Open,
            clip: None,
        }
    }
}

impl SegmentCurve {
    pub(super) fn new(kernel: Kernel) -> Self {
        Self {
            curve: CrowdCurve::new(kernel),
            stored_cells: None,
            index: PressIndex::default(),
            labels: LabelIndex::default(),
            buckets: Buckets::default(),
            changed: 0,
            joined: 0,
            counted: HashMap::new(),
        }
    }

    /// Counts a row, or gives it another label.
    pub(super) fn insert(
        &mut self,
        visitor: VisitorIndex,
        (offset, id): (u32, TimestampId),
        weight: Weight,
        label: Option<LabelId>,
        version: u64,
    ) -> Inserted {
        if offset > LAST_SECOND {
            return Inserted::Known;
        }
        let touched = self.curve.insert(visitor, offset, id, weight);
        let is_relabelled = self.labels.set((offset, id), visitor, label);
        match &touched {
            Some(touched) => {
                self.buckets.touch(*touched.start(), *touched.end());
                self.index.insert(visitor, offset, version);
            }
            None if is_relabelled => self.index.touch(offset, version),
            None => return Inserted::Known,
        }
        self.changed = version;
        match touched {
            Some(_) => Inserted::New,
            None => Inserted::Relabelled,
        }
    }

    /// Takes a row out again; whether it was counted.
    pub(super) fn remove(
        &mut self,
        visitor: VisitorIndex,
        (offset, id): (u32, TimestampId),
        version: u64,
    ) -> bool {
        let Some(touched) = self.curve.remove(visitor, offset, id) else {
            return false;
        };
        self.buckets.touch(*touched.start(), *touched.end());
        self.index.remove(visitor, offset, version);
        self.labels.set((offset, id), visitor, None);
        self.changed = version;
        true
    }

    /// The counted rows of which something is known, and whose they are. One pass over all rows, however many are found.
    pub(super) fn find<T>(
        &self,
        known: impl Fn((u32, TimestampId)) -> Option<T>,
    ) -> Vec<(VisitorIndex, (u32, TimestampId), T)> {
        let mut found = Vec::new();
        for (visitor, _, rows) in self.curve.presses() {
            let rows = rows.iter();
            found.extend(rows.filter_map(|&row| known(row).map(|known| (visitor, row, known))));
        }
        found
    }

    /// Takes all of a visitor's rows out; whether there were any.
    pub(super) fn remove_visitor(&mut self, visitor: VisitorIndex, version: u64) -> bool {
        let rows = self.curve.rows_of(visitor);
        for &row in &rows {
            self.remove(visitor, row, version);
        }
        !rows.is_empty()
    }

    /// Counts a visitor who joined the moment at a second. The curve stays as it is.
    pub(super) fn insert_join(&mut self, visitor: VisitorIndex, offset: u32, version: u64) {
        self.index.insert_join(visitor, offset, version);
        self.joined = version;
    }

    /// Takes such a visitor out again.
    pub(super) fn remove_join(&mut self, visitor: VisitorIndex, offset: u32, version: u64) {
        self.index.remove_join(visitor, offset, version);
        self.joined = version;
    }

    /// Gives a visitor another weight.
    pub(super) fn set_weight(&mut self, visitor: VisitorIndex, weight: Weight, version: u64) {
        let rows = self.curve.rows_of(visitor).into_iter();
        let rows: Vec<_> = rows.map(|row| (row, self.labels.get(row))).collect();
        for &(row, _) in &rows {
            self.remove(visitor, row, version);
        }
        for (row, label) in rows {
            self.insert(visitor, row, weight, label, version);
        }
    }

    /// The same segment with every press put back by its visitor's delay on the curve. What lies in a range is still a matter
    /// of the stored offsets.
    pub(super) fn shifted(&self, delays: &Delays) -> Self {
        let mut buckets = Buckets::default();
        // None of them has been read yet.
        buckets.touch(0, LAST_SECOND);
        Self {
            curve: delays.put_back(&self.curve),
            stored_cells: Some(self.curve.cells().to_vec()),
            index: self.index.clone(),
            labels: self.labels.clone(),
            buckets,
            changed: self.changed,
            joined: self.joined,
            counted: HashMap::new(),
        }
    }

    /// About how many bytes it holds, with those of its visitors that the session has elsewhere.
    pub(super) fn heap_bytes(&self) -> usize {
        size_of::<Self>()
            + self.curve.heap_bytes()
            + self.stored_cells.as_ref().map_or(0, heap_bytes::of_vec)
            + self.index.heap_bytes()
            + self.labels.heap_bytes()
            + self.buckets.heap_bytes()
            + heap_bytes::of_map(&self.counted)
    }

    /// The curve.
    pub fn curve(&self) -> &CrowdCurve {
        &self.curve
    }

    /// The version in which the curve or its presses last changed.
    pub fn changed(&self) -> u64 {
        self.changed
    }

    /// Its buckets, as the curve is now.
    pub(super) fn buckets(&mut self) -> &Buckets {
        self.buckets.refresh(self.curve.cells());
        &self.buckets
    }

    /// Its moments with their counts.
    pub(super) fn moments(
        &mut self,
        edits: &[RangeEdit],
        stored: &[StoredMoment],
        thresholds: Thresholds,
        seen: &mut Seen,
    ) -> (Vec<CountedMoment>, Fold) {
        let crowd = Crowd {
            found: self.curve.cells(),
            stored: self.stored_cells.as_deref().unwrap_or(self.curve.cells()),
        };
        let mut fold = identity::fold(crowd, edits, stored, thresholds);
        let moments = std::mem::take(&mut fold.moments);
        let mut counted = HashMap::with_capacity(moments.len());
        let moments = moments.into_iter().filter_map(|mut found| {
            let range = (found.start, found.end);
            let known = self.counted.get(&range);
            let known =
                known.filter(|(version, ..)| !self.index.has_changed(range.0, range.1, *version));
            let (evidence, labels) = match known {
                Some((_, evidence, labels)) => (*evidence, labels.clone()),
                None => (
                    self.index.count(range.0, range.1, seen),
                    self.labels.count(range.0, range.1),
                ),
            };
            let version = self.changed.max(self.joined);
            counted.insert(range, (version, evidence, labels.clone()));
            // On a corrected curve, a crowd may stand across a border that a person set, while its presses count before it.
            if evidence.presses == 0 && !found.is_of_people {
                found.id?;
                found.is_shown = false;
            }
            Some(CountedMoment {
                found,
                evidence,
                labels,
            })
        });
        let moments = moments.collect();
        self.counted = counted;
        (moments, fold)
    }
}
