//! The moments and curves of one session as pages see them, with the revision of each value.

use std::collections::HashMap;

use app::domain::{
    highlights::{CurvePart, Highlights},
    moments::{
        heap_bytes,
        moment::{MergedNote, Moment, MomentId},
    },
    revision::Revision,
    role::Audience,
};

/// The moments and curves of one session at one revision.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    moments: HashMap<MomentId, Standing>,
    curves: Vec<Curve>,
    /// The moments that became part of others, and of which.
    redirects: HashMap<MomentId, MomentId>,
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
    /// The same, of whether viewers are shown it.
    public_since: Revision,
}

impl Standing {
    fn seen_by(&self, audience: Audience) -> Option<Moment> {
        self.moment.as_ref()?.seen_by(audience)
    }

    /// Whether an audience that knows what was shown at a revision is told of it. Viewers hear once of what is hidden from
    /// them, and nothing of what becomes of it then.
    fn is_told(&self, audience: Audience, after: Revision) -> bool {
        match audience {
            Audience::Staff => self.since > after,
            Audience::Public if self.seen_by(audience).is_some() => self.since > after,
            Audience::Public => self.public_since > after,
        }
    }
}

/// What happened to a moment between two looks at it: it may have changed, and changed back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Touched {
    /// Nothing.
    Not,
    /// Presses in it changed, or people did something to its segment's ranges.
    Around,
    /// People did something to it: it may have been hidden, or shown again.
    ByPeople,
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
    /// Everything that an audience is shown.
    pub fn all(&self, audience: Audience) -> Highlights {
        self.since(Revision(0), audience, |standing| {
            standing.seen_by(audience).is_some()
        })
    }

    /// A moment, or the one that it became part of; none if it is not shown.
    pub fn moment(&self, mut id: MomentId) -> Option<&Moment> {
        for _ in 0..=self.redirects.len() {
            match self.redirects.get(&id) {
                Some(into) => id = *into,
                None => return self.moments.get(&id)?.moment.as_ref(),
            }
        }
        None
    }

    /// The best notes of a moment, if it is shown with this range in seconds.
    pub(super) fn notes(
        &self,
        id: MomentId,
        segment_index: u32,
        (start, end): (u32, u32),
    ) -> Option<&[MergedNote]> {
        let moment = self.moments.get(&id)?.moment.as_ref()?;
        let range = (moment.start.seconds(), moment.end.seconds());
        let is_same = moment.segment_index == segment_index && range == (start, end);
        is_same.then_some(&moment.notes)
    }

    /// Whether changes were seen that are not written yet: a moment is shown once its row exists.
    pub fn has_unwritten(&self) -> bool {
        self.has_unwritten
    }

    pub(super) fn set_unwritten(&mut self, has_unwritten: bool) {
        self.has_unwritten = has_unwritten;
    }

    /// What may have changed after a revision, for pages of an audience that know what was shown then.
    pub fn after(&self, revision: Revision, audience: Audience) -> Highlights {
        self.since(revision, audience, |standing| {
            standing.is_told(audience, revision)
        })
    }

    fn since(
        &self,
        revision: Revision,
        audience: Audience,
        is_told: impl Fn(&Standing) -> bool,
    ) -> Highlights {
        let mut told = Highlights::default();
        for (id, standing) in self
            .moments
            .iter()
            .filter(|(_, standing)| is_told(standing))
        {
            match standing.seen_by(audience) {
                Some(moment) => told.moments.push(moment),
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

    /// Lets the id of a moment redirect to the one that it became part of, or no longer.
    pub(super) fn redirect(&mut self, id: MomentId, into: Option<MomentId>) {
        match into {
            Some(into) => drop(self.redirects.insert(id, into)),
            None => drop(self.redirects.remove(&id)),
        }
    }

    /// How many moments are part of others.
    pub(super) fn absorbed(&self) -> usize {
        self.redirects.len()
    }

    /// How many moments are known, those that have faded included.
    pub(super) fn moments(&self) -> usize {
        self.moments.len()
    }

    /// About how many bytes it holds besides the moments.
    pub(super) fn heap_bytes(&self) -> usize {
        let curves = self.curves.iter();
        let curves = curves.map(|curve| heap_bytes::of_vec(&curve.buckets));
        heap_bytes::of_map(&self.redirects) + curves.sum::<usize>()
    }

    /// Sets a moment as of a revision; none if it has faded, which is told even of one that was never shown here: another
    /// process may have shown it, or this one, before it read the session again. `touched` tells what happened to it since the
    /// last call.
    pub(super) fn set_moment(
        &mut self,
        id: MomentId,
        moment: Option<Moment>,
        revision: Revision,
        touched: Touched,
    ) {
        let known = self.moments.get(&id);
        let same_since = known.filter(|known| touched == Touched::Not && known.moment == moment);
        let since = same_since.map_or(revision, |known| known.since);
        let is_public = |moment: Option<&Moment>| moment.is_some_and(|moment| !moment.hidden);
        // What viewers press in a hidden moment shows nowhere, and neither does what becomes of the ranges around it.
        let may_have_been_public = match touched {
            Touched::Not => false,
            Touched::Around => moment.is_none(),
            // It may have been shown and hidden again since the last look, which its row does not tell.
            Touched::ByPeople => true,
        };
        let same_public = known.filter(|known| {
            let is_same = is_public(known.moment.as_ref()) == is_public(moment.as_ref());
            is_same && !may_have_been_public
        });
        let standing = Standing {
            public_since: same_public.map_or(revision, |known| known.public_since),
            moment,
            since,
        };
        self.moments.insert(id, standing);
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
mod tests;
