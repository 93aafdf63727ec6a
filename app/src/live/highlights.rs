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
    /// Every moment that the server sent, in no order: usually dozens, at most a thousand.
    known: Vec<Known>,
    /// The curves, by segment.
    curves: Vec<LiveCurve>,
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
    /// The revision of its newest update.
    revision: Revision,
}

impl LiveHighlights {
    /// The highlights of a snapshot.
    pub fn new(highlights: Highlights, revision: Revision) -> Self {
        let mut new = Self::default();
        new.merge(highlights, revision);
        new
    }

    /// Merges the highlights of a frame of this revision.
    pub fn merge(&mut self, highlights: Highlights, revision: Revision) {
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
        match self.known.iter_mut().find(|known| known.id == id) {
            Some(known) if known.revision <= revision => {
                known.revision = revision;
                known.moment = moment;
            }
            Some(_) => {}
            None => self.known.push(Known {
                id,
                revision,
                moment,
            }),
        }
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
        let Some(curve) = self.curves.get_mut(at) else {
            return;
        };
        if revision < curve.revision {
            return;
        }
        curve.revision = revision;
        if part.is_whole || curve.bucket_seconds != part.bucket_seconds {
            curve.bucket_seconds = part.bucket_seconds;
            curve.values.clear();
        }
        for (bucket, value) in &part.values {
            let bucket = *bucket as usize;
            if curve.values.len() <= bucket {
                curve.values.resize(bucket + 1, 0);
            }
            if let Some(known) = curve.values.get_mut(bucket) {
                *known = *value;
            }
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
            let left = self.moments().filter(|moment| {
                let last = best.last();
                last.is_none_or(|last| rank(last) < rank(moment))
            });
            let Some(next) = left.min_by_key(|moment| rank(moment)) else {
                break;
            };
            best.push(next);
        }
        best
    }

    /// The moments that are shown, in order of time.
    pub fn in_order(&self) -> Vec<&Moment> {
        let mut moments: Vec<_> = self.moments().collect();
        moments.sort_by_key(|moment| place(moment));
        moments
    }

    /// The moments that are shown, in no order.
    pub fn moments(&self) -> impl Iterator<Item = &Moment> {
        self.known.iter().filter_map(|known| known.moment.as_ref())
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
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::moments::moment::EditingState;

    fn moment(id: u128, excess: u32) -> Moment {
        Moment {
            id: MomentId(Uuid::from_u128(id)),
            segment_index: 1,
            start: Offset(10),
            peak: Offset(20),
            end: Offset(30),
            presses: 9,
            visitors: 7,
            excess,
            notes: Vec::new(),
            labels: Vec::new(),
            title: None,
            starred: false,
            hidden: false,
            state: EditingState::Open,
            clip: None,
        }
    }

    #[test]
    fn the_best_moment_comes_first_and_one_that_faded_is_gone_until_it_is_told_again() {
        let told = Highlights {
            moments: vec![moment(1, 50), moment(2, 90)],
            ..Highlights::default()
        };
        let mut live = LiveHighlights::new(told, Revision(3));
        let ranks = |live: &LiveHighlights| {
            let ranked = live.ranked();
            ranked
                .iter()
                .map(|moment| moment.excess)
                .collect::<Vec<_>>()
        };
        assert_eq!(ranks(&live), [90, 50]);
        let faded = Highlights {
            faded: vec![MomentId(Uuid::from_u128(2))],
            ..Highlights::default()
        };
        live.merge(faded.clone(), Revision(4));
        assert_eq!(ranks(&live), [50]);
        let again = Highlights {
            moments: vec![moment(2, 70)],
            ..Highlights::default()
        };
        live.merge(again, Revision(5));
        assert_eq!(ranks(&live), [70, 50]);
        live.merge(faded, Revision(4));
        assert_eq!(ranks(&live), [70, 50], "what comes late changes nothing");
    }

    #[test]
    fn a_moment_is_split_at_its_deepest_valley_or_in_the_middle() {
        let curve = |values: &[u32]| Highlights {
            curves: vec![CurvePart {
                segment_index: 1,
                bucket_seconds: 5,
                is_whole: true,
                values: (0..).zip(values.iter().copied()).collect(),
            }],
            ..Highlights::default()
        };
        let split = |values: &[u32]| {
            let live = LiveHighlights::new(curve(values), Revision(1));
            live.split_at(&moment(1, 50)).seconds()
        };
        // From 10 to 30 s: five buckets from the third one on.
        assert_eq!(split(&[0, 0, 50, 40, 90, 20, 60]), 27);
        assert_eq!(split(&[0, 0, 50, 20, 90, 80, 85]), 17);
        assert_eq!(split(&[0, 0, 10, 50, 90, 50, 10]), 21);
        assert_eq!(split(&[]), 21);
        let long = Moment {
            end: Offset(u32::MAX - 1),
            ..moment(1, 50)
        };
        let live = LiveHighlights::new(curve(&[0, 0, 50, 20, 90]), Revision(1));
        assert_eq!(
            live.split_at(&long),
            Offset(17),
            "in no more time than the curve takes"
        );
    }

    #[test]
    fn a_curve_whose_buckets_grew_begins_anew() {
        let part = |bucket_seconds, values: &[(u32, u32)]| Highlights {
            curves: vec![CurvePart {
                segment_index: 2,
                bucket_seconds,
                is_whole: false,
                values: values.to_vec(),
            }],
            ..Highlights::default()
        };
        let mut live = LiveHighlights::new(part(5, &[(0, 10), (3, 7)]), Revision(1));
        live.merge(part(5, &[(1, 4)]), Revision(2));
        assert_eq!(live.curves()[0].values, [10, 4, 0, 7]);
        live.merge(part(10, &[(1, 8)]), Revision(3));
        assert_eq!(live.curves()[0].values, [0, 8]);
        live.merge(part(5, &[(0, 1)]), Revision(2));
        assert_eq!(live.curves()[0].bucket_seconds, 10);
    }

    proptest! {
        #[test]
        fn moments_that_come_late_and_twice_give_the_same_page(
            told in prop::collection::vec((0u128..6, 0u32..100, any::<bool>()), 1..40),
            order in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
        ) {
            let frames: Vec<_> = told.iter().zip(1..).map(|((id, excess, fades), revision)| {
                let highlights = match fades {
                    true => Highlights { faded: vec![MomentId(Uuid::from_u128(*id))], ..Highlights::default() },
                    false => Highlights { moments: vec![moment(*id, *excess)], ..Highlights::default() },
                };
                (highlights, Revision(revision))
            }).collect();
            let (mut in_order, mut anyhow) = (LiveHighlights::default(), LiveHighlights::default());
            for (highlights, revision) in &frames {
                in_order.merge(highlights.clone(), *revision);
            }
            let early = order.iter().map(|index| index.get(&frames));
            for (highlights, revision) in early.chain(&frames) {
                anyhow.merge(highlights.clone(), *revision);
            }
            prop_assert_eq!(in_order.ranked(), anyhow.ranked());
            for count in 0..8 {
                let ranked: Vec<_> = in_order.ranked().into_iter().take(count).collect();
                prop_assert_eq!(in_order.best(count), ranked);
            }
        }
    }
}
