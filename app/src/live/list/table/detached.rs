//! A range of older rows that is loaded separately, because somebody looks at it: the list need not be loaded from its end
//! up to there.

use super::{FeedRow, Older, Reach, Table};

/// Consecutive rows that need not reach to the newest one. Unlike everything else in a table it is what somebody looks at
/// now, and not what is known: rows stay known when it is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DetachedRange<P> {
    from: Reach<P>,
    /// It ends before this place.
    to: P,
}

impl<P: Copy + Ord> DetachedRange<P> {
    pub(super) fn contains(&self, place: P) -> bool {
        place < self.to && self.from.contains(place)
    }

    /// Whether some of it lies from `first` up to the place before `to`.
    fn overlaps(&self, first: P, to: P) -> bool {
        self.to > first && self.from < Reach::From(to)
    }
}

impl<R: FeedRow> Table<R> {
    /// Merges the older rows that were asked for, and whether there are more before the first one.
    pub(in super::super) fn merge_older(
        &mut self,
        asked: Older<R::Place>,
        rows: Vec<R>,
        more: bool,
    ) {
        let Some(to) = asked.detached_end else {
            return self.merge_page(rows, more);
        };
        let from = Reach::of(&rows, more);
        rows.into_iter().for_each(|row| self.merge(row));
        let meets = |known: &DetachedRange<_>| known.to == to || from.contains(known.to);
        let known = self.detached.filter(meets);
        let from = known.map_or(from, |known| known.from.min(from));
        self.set_detached(Some(DetachedRange { from, to }));
    }

    /// Drops the detached range, unless some of it lies from the first of these places up to the second. Its rows stay known.
    /// Returns whether one was dropped.
    pub(in super::super) fn drop_detached_outside(
        &mut self,
        places: Option<(R::Place, R::Place)>,
    ) -> bool {
        let stays =
            |range: DetachedRange<_>| places.is_some_and(|(from, to)| range.overlaps(from, to));
        let is_dropped = self.detached.is_some_and(|range| !stays(range));
        if is_dropped {
            self.set_detached(None);
        }
        is_dropped
    }

    fn set_detached(&mut self, range: Option<DetachedRange<R::Place>>) {
        let [left, entered] = [self.detached, range];
        let differs = |place: &R::Place| {
            let is_in =
                |range: &Option<DetachedRange<_>>| range.is_some_and(|it| it.contains(*place));
            is_in(&left) != is_in(&entered)
        };
        let ends = [left, entered].into_iter().flatten().map(|range| range.to);
        let Some(last) = ends.max() else { return };
        let places = self.rows.range(..last).map(|(at, _)| *at);
        let changed = places.filter(differs).collect();
        self.reveal(changed, |table| table.detached = range);
    }

    /// The rows to ask for next so that those from `first` up to the one before `to` are there; none if they are. If the
    /// loaded range is far from them, they become a detached range.
    pub fn next_between(&self, first: R::Place, to: R::Place) -> Option<Older<R::Place>> {
        let next = self.next_older().filter(|next| next.before > first)?;
        if next.before < to {
            return Some(next);
        }
        // If another range is detached, nothing of this one is loaded.
        let around = self
            .detached
            .filter(|it| it.to >= to && it.from < Reach::From(to));
        let (before, to) = match around {
            None => (to, to),
            Some(DetachedRange {
                from: Reach::From(loaded),
                to,
            }) if loaded > first => (loaded, to),
            Some(_) => return None,
        };
        Some(Older {
            before,
            detached_end: Some(to),
            ..next
        })
    }
}
