//! The moments and curves of one session as pages see them, with the revision of each value.

use std::collections::HashMap;

use app::domain::{
    highlights::{CurvePart, Highlights},
    moments::moment::{Moment, MomentId},
    revision::Revision,
};

/// The moments and curves of one session at one revision.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    moments: HashMap<MomentId, Standing>,
    curves: Vec<Curve>,
    /// Whether changes were seen that are not written yet.
    has_unwritten: bool,
}

/// A moment, or the fact that it has faded.
#[derive(Clone, Debug)]
struct Standing {
    /// None if it has faded.
    moment: Option<Moment>,
    /// The latest revision at which it may have changed. A change may have been undone by a later one: a page that followed
    /// another process in between has to hear of it.
    since: Revision,
}

/// The curve of one segment.
#[derive(Clone, Debug)]
struct Curve {
    segment_index: u32,
    bucket_seconds: u32,
    /// The revision at which the buckets got their width.
    widened: Revision,
    buckets: Vec<(u32, Revision)>,
}

impl Shown {
    /// Everything that is shown.
    pub fn all(&self) -> Highlights {
        self.since(Revision(0), |standing| standing.moment.is_some())
    }

    /// Whether changes were seen that are not written yet: a moment is shown once its row exists.
    pub fn has_unwritten(&self) -> bool {
        self.has_unwritten
    }

    pub(super) fn set_unwritten(&mut self, has_unwritten: bool) {
        self.has_unwritten = has_unwritten;
    }

    /// What may have changed after a revision, for pages that know what was shown then.
    pub fn after(&self, revision: Revision) -> Highlights {
        self.since(revision, |standing| standing.since > revision)
    }

    fn since(&self, revision: Revision, is_told: impl Fn(&Standing) -> bool) -> Highlights {
        let mut told = Highlights::default();
        for (id, standing) in self
            .moments
            .iter()
            .filter(|(_, standing)| is_told(standing))
        {
            match &standing.moment {
                Some(moment) => told.moments.push(moment.clone()),
                None => told.faded.push(*id),
            }
        }
        // In a fixed order, so that every process sends the same bytes.
        told.moments
            .sort_by_key(|moment| (moment.segment_index, moment.peak, moment.id));
        told.faded.sort();
        let curves = self.curves.iter();
        told.curves = curves.filter_map(|curve| curve.after(revision)).collect();
        told
    }

    /// Sets a moment as of a revision; none if it has faded. `is_touched` says that presses in it changed since the last
    /// call.
    pub(super) fn set_moment(
        &mut self,
        id: MomentId,
        moment: Option<Moment>,
        revision: Revision,
        is_touched: bool,
    ) {
        let known = self.moments.get(&id);
        if known.is_none() && moment.is_none() {
            return;
        }
        let same_since = known.filter(|known| !is_touched && known.moment == moment);
        let since = same_since.map_or(revision, |known| known.since);
        self.moments.insert(id, Standing { moment, since });
    }

    /// Sets the curve of a segment as of a revision.
    pub(super) fn set_curve(
        &mut self,
        segment_index: u32,
        bucket_seconds: u32,
        values: &[u32],
        revision: Revision,
    ) {
        let known = self.curves.iter_mut();
        let mut known = known.filter(|curve| curve.segment_index == segment_index);
        if let Some(curve) = known.next() {
            curve.set(bucket_seconds, values, revision);
            return;
        }
        let mut curve = Curve {
            segment_index,
            bucket_seconds,
            widened: revision,
            buckets: Vec::new(),
        };
        curve.set(bucket_seconds, values, revision);
        self.curves.push(curve);
        self.curves.sort_by_key(|curve| curve.segment_index);
    }
}

impl Curve {
    fn set(&mut self, bucket_seconds: u32, values: &[u32], revision: Revision) {
        if self.bucket_seconds != bucket_seconds {
            self.bucket_seconds = bucket_seconds;
            self.widened = revision;
            self.buckets.clear();
        }
        let len = self.buckets.len().max(values.len());
        self.buckets.resize(len, (0, Revision(0)));
        let values = values.iter().copied().chain(std::iter::repeat(0));
        for (bucket, value) in self.buckets.iter_mut().zip(values) {
            if bucket.0 != value {
                *bucket = (value, revision);
            }
        }
    }

    /// The buckets that changed after a revision, or all that aren't 0 if their width changed since then; none if nothing
    /// changed.
    fn after(&self, revision: Revision) -> Option<CurvePart> {
        let is_anew = self.widened > revision;
        let buckets = (0..).zip(&self.buckets);
        let told = buckets.filter(|(_, (value, since))| match is_anew {
            true => *value > 0,
            false => *since > revision,
        });
        let values: Vec<_> = told.map(|(bucket, (value, _))| (bucket, *value)).collect();
        let is_news = is_anew || !values.is_empty();
        is_news.then_some(CurvePart {
            segment_index: self.segment_index,
            bucket_seconds: self.bucket_seconds,
            is_whole: is_anew,
            values,
        })
    }
}

#[cfg(test)]
mod tests {
    use app::{domain::offset::Offset, live::highlights::LiveHighlights};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

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
        }
    }

    #[test]
    fn what_has_not_changed_is_not_told_again_save_where_it_may_have_changed_meanwhile() {
        let mut shown = Shown::default();
        let id = moment(1, 50).id;
        shown.set_moment(id, Some(moment(1, 50)), Revision(4), false);
        shown.set_moment(id, Some(moment(1, 50)), Revision(9), false);
        assert!(shown.after(Revision(4)).is_empty());
        shown.set_moment(id, Some(moment(1, 50)), Revision(12), true);
        assert_eq!(shown.after(Revision(9)).moments.len(), 1);
        shown.set_moment(id, None, Revision(13), false);
        assert_eq!(shown.after(Revision(12)).faded, [id]);
        assert!(shown.all().is_empty());
    }

    proptest! {
        /// What a page learns in steps is what another one learns at once.
        #[test]
        fn a_page_that_follows_shows_what_one_that_opens_does(
            steps in prop::collection::vec(
                (0u128..4, prop::option::of(0u32..5), 0u32..2, prop::collection::vec(0u32..4, 0..12)),
                1..30,
            ),
            hears in prop::collection::vec(any::<bool>(), 30),
        ) {
            let mut shown = Shown::default();
            let (mut page, mut heard) = (LiveHighlights::default(), Revision(0));
            for (((id, excess, doublings, values), hears), revision) in steps.into_iter().zip(hears).zip(1..) {
                let revision = Revision(revision);
                let told = excess.map(|excess| moment(id, excess));
                shown.set_moment(MomentId(Uuid::from_u128(id)), told, revision, false);
                shown.set_curve(1, 5 << doublings, &values, revision);
                if hears {
                    page.merge(shown.after(heard), revision);
                    heard = revision;
                }
            }
            let last = Revision(1_000);
            page.merge(shown.after(heard), last);
            let opened = LiveHighlights::new(shown.all(), last);
            prop_assert_eq!(page.ranked(), opened.ranked());
            let curve = |page: &LiveHighlights| {
                let curve = page.curves().first();
                let values = curve.map(|curve| curve.values.clone()).unwrap_or_default();
                let end = values.iter().rposition(|value| *value > 0);
                values[..end.map_or(0, |end| end + 1)].to_vec()
            };
            prop_assert_eq!(curve(&page), curve(&opened));
        }
    }
}
