//! The moments and curves of a live page, merged from snapshots and frames. Late and duplicate ones do no harm.

use std::cmp::Reverse;

use crate::domain::{
    highlights::{CurvePart, Highlights},
    moments::moment::{Moment, MomentId},
    offset::Offset,
    revision::Revision,
};

/// What a page knows of the moments of its session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveHighlights {
    /// Every moment that the server sent, in order of time but for those that have faded: usually dozens, at most a thousand.
    known: Vec<Known>,
    /// The curves, by segment.
    curves: Vec<LiveCurve>,
    /// The revision of the last snapshot that had them all: what is not known here was not shown then.
    complete: Revision,
    /// The latest revision that came without them, because the server was still reading the session's presses.
    pending: Option<Revision>,
}

/// A moment at its newest revision; none if it has faded.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    id: MomentId,
    revision: Revision,
    moment: Option<Moment>,
}

/// The crowd curve of one segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveCurve {
    /// The segment: 1, 2, 3, ….
    pub segment_index: u32,
    /// How many seconds each value covers.
    pub bucket_seconds: u32,
    /// How many visitors pressed at about the same time, at most, in tenths; one value a bucket.
    pub values: Vec<u32>,
    /// The revision at which each value was told.
    told: Vec<Revision>,
    /// The revision at which all values were told at once: those that were left out are 0 as of it.
    whole: Revision,
    /// The revision of its newest update.
    revision: Revision,
}

impl LiveHighlights {
    /// The highlights of a snapshot.
    pub fn new(highlights: Highlights, revision: Revision) -> Self {
        let mut new = Self::default();
        new.restart(highlights, revision);
        new
    }

    /// Takes the highlights of another snapshot, which has everything that is shown at its revision, or nothing if they are
    /// pending. What came later than it stays.
    pub fn restart(&mut self, highlights: Highlights, revision: Revision) {
        if !highlights.pending {
            if revision < self.complete {
                return;
            }
            self.complete = revision;
            self.known.retain(|known| known.revision > revision);
            self.curves.retain(|curve| curve.revision > revision);
            self.pending = self.pending.filter(|pending| *pending > revision);
        }
        self.merge(highlights, revision);
    }

    /// Whether some are missing until a complete snapshot arrives.
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Merges the highlights of a frame of this revision.
    pub fn merge(&mut self, highlights: Highlights, revision: Revision) {
        if highlights.pending {
            self.pending = self.pending.max(Some(revision));
        }
        for moment in highlights.moments {
            self.hear(moment.id, revision, Some(moment));
        }
        for id in highlights.faded {
            self.hear(id, revision, None);
        }
        for part in highlights.curves {
            self.draw(&part, revision);
        }
    }

    fn hear(&mut self, id: MomentId, revision: Revision, moment: Option<Moment>) {
        match self.known.iter().position(|known| known.id == id) {
            Some(at)
                if self
                    .known
                    .get(at)
                    .is_some_and(|known| known.revision <= revision) =>
            {
                self.known.remove(at);
            }
            None if revision >= self.complete => {}
            Some(_) | None => return,
        }
        let at = moment.as_ref().map_or(0, |moment| self.place_for(moment));
        let new = Known {
            id,
            revision,
            moment,
        };
        self.known.insert(at, new);
    }

    /// Where a moment is put. Most come in order, at the end.
    fn place_for(&self, moment: &Moment) -> usize {
        let is_before = |known: &Known| {
            let known = known.moment.as_ref();
            known.is_some_and(|known| place(known) < place(moment))
        };
        let last_before = self.known.iter().rposition(is_before);
        last_before.map_or(0, |at| at + 1)
    }

    fn draw(&mut self, part: &CurvePart, revision: Revision) {
        let at = self
            .curves
            .partition_point(|curve| curve.segment_index < part.segment_index);
        let is_new = self
            .curves
            .get(at)
            .is_none_or(|curve| curve.segment_index != part.segment_index);
        if is_new {
            let curve = LiveCurve {
                segment_index: part.segment_index,
                ..LiveCurve::default()
            };
            self.curves.insert(at, curve);
        }
        if let Some(curve) = self.curves.get_mut(at) {
            curve.draw(part, revision);
        }
    }

    /// The moments that are shown, the best first.
    pub fn ranked(&self) -> Vec<&Moment> {
        let mut moments: Vec<_> = self.moments().collect();
        moments.sort_by_key(|moment| rank(moment));
        moments
    }

    /// The best moments that are shown, at most so many, the best first: without sorting, whose code would weigh several kB in
    /// the viewers' bundle.
    pub fn best(&self, count: usize) -> Vec<&Moment> {
        let mut best: Vec<&Moment> = Vec::with_capacity(count);
        while best.len() < count {
            let left = self.moments();
            let left =
                left.filter(|moment| best.last().is_none_or(|last| rank(last) < rank(moment)));
            let Some(next) = left.min_by_key(|moment| rank(moment)) else {
                break;
            };
            best.push(next);
        }
        best
    }

    /// The newest moments of a segment that are none of these, at most so many, the newest first.
    pub fn newest(&self, segment_index: u32, except: &[MomentId], count: usize) -> Vec<&Moment> {
        let newest = self.moments().rev();
        let newest = newest
            .filter(|moment| moment.segment_index == segment_index && !except.contains(&moment.id));
        newest.take(count).collect()
    }

    /// The moments that are shown, in order of time.
    pub fn in_order(&self) -> Vec<&Moment> {
        self.moments().collect()
    }

    /// The moments that are shown, in order of time.
    pub fn moments(&self) -> impl DoubleEndedIterator<Item = &Moment> {
        self.known.iter().filter_map(|known| known.moment.as_ref())
    }

    /// The moment with this id, if it is shown.
    pub fn moment(&self, id: MomentId) -> Option<&Moment> {
        self.moments().find(|moment| moment.id == id)
    }

    /// As of which revision the moment with this id is known; the first one if there is none.
    pub fn revision(&self, id: MomentId) -> Revision {
        let known = self.known.iter().find(|known| known.id == id);
        known.map_or(Revision(0), |known| known.revision)
    }

    /// Where a moment is best split: at the deepest valley of its range, or in its middle.
    pub fn split_at(&self, moment: &Moment) -> Offset {
        let (start, end) = (moment.start.seconds(), moment.end.seconds());
        let curves = self.curves.iter();
        let mut curve = curves.filter(|curve| curve.segment_index == moment.segment_index);
        let valley = curve
            .next()
            .and_then(|curve| curve.deepest_valley(start, end));
        Offset(valley.unwrap_or(start.midpoint(end) + 1))
    }

    /// The curves, by segment.
    pub fn curves(&self) -> &[LiveCurve] {
        &self.curves
    }
}

/// A moment's position in the order of rank; ties are in order of time.
fn rank(moment: &Moment) -> (Reverse<u32>, (u32, Offset, MomentId)) {
    (Reverse(moment.excess), place(moment))
}

/// A moment's position in the order of time.
fn place(moment: &Moment) -> (u32, Offset, MomentId) {
    (moment.segment_index, moment.peak, moment.id)
}

impl LiveCurve {
    /// Takes in some of its values. A snapshot that was asked for because a frame came without them may arrive after frames
    /// that know more of some buckets, and nothing of the others.
    fn draw(&mut self, part: &CurvePart, revision: Revision) {
        if self.bucket_seconds != part.bucket_seconds {
            // They have another width by now, and the newer part is right.
            if revision < self.revision {
                return;
            }
            *self = Self {
                segment_index: self.segment_index,
                bucket_seconds: part.bucket_seconds,
                ..Self::default()
            };
        }
        self.revision = self.revision.max(revision);
        if part.is_whole {
            self.whole = self.whole.max(revision);
            for (value, told) in self.values.iter_mut().zip(&mut self.told) {
                if *told <= revision {
                    (*value, *told) = (0, revision);
                }
            }
        }
        for (bucket, value) in &part.values {
            let bucket = *bucket as usize;
            if self.values.len() <= bucket {
                self.values.resize(bucket + 1, 0);
                self.told.resize(bucket + 1, self.whole);
            }
            if let (Some(known), Some(told)) =
                (self.values.get_mut(bucket), self.told.get_mut(bucket))
                && *told <= revision
            {
                (*known, *told) = (*value, revision);
            }
        }
    }

    /// Its length in seconds.
    pub fn seconds(&self) -> u32 {
        let buckets = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        buckets.saturating_mul(self.bucket_seconds)
    }

    /// The second between two others that lies deepest below what is higher on both of its sides, the middle of several;
    /// `None` where none does.
    fn deepest_valley(&self, start: u32, end: u32) -> Option<u32> {
        // Behind its last bucket, nothing is higher on both sides.
        let end = end.min(self.seconds());
        let values: Vec<u32> = (start..=end).map(|second| self.at(second)).collect();
        let mut right = vec![0; values.len()];
        let mut highest = 0;
        for (place, value) in right.iter_mut().zip(&values).rev() {
            highest = highest.max(*value);
            *place = highest;
        }
        let (mut left, mut deepest, mut places) = (0, 0, (0, 0));
        for (second, (value, right)) in (start..).zip(values.iter().zip(&right)) {
            left = left.max(*value);
            let depth = left.min(*right) - value;
            if depth > deepest {
                deepest = depth;
                places = (second, second);
            } else if depth == deepest && places.1 + 1 == second {
                places.1 = second;
            }
        }
        (deepest > 0).then(|| places.0.midpoint(places.1))
    }

    /// Its value at a second, in tenths of a visitor.
    pub fn at(&self, second: u32) -> u32 {
        let bucket = second / self.bucket_seconds.max(1);
        self.values.get(bucket as usize).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
