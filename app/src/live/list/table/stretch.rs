//! A stretch of older rows that is loaded by itself, because somebody looks at it: the list need not be loaded from its end
//! up to there.

use super::{FeedRow, Older, Reach, Table};

/// Consecutive rows that need not reach to the newest one. Unlike everything else in a table it is what somebody looks at
/// now, and not what is known: rows stay known when it is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch<P> {
    from: Reach<P>,
    /// It ends before this place.
    to: P,
}

impl<P: Copy + Ord> Stretch<P> {
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
        let Some(to) = asked.to else {
            return self.merge_page(rows, more);
        };
        let from = Reach::of(&rows, more);
        rows.into_iter().for_each(|row| self.merge(row));
        let meets = |known: &Stretch<_>| known.to == to || from.contains(known.to);
        let known = self.stretch.filter(meets);
        let from = known.map_or(from, |known| known.from.min(from));
        self.look_at(Some(Stretch { from, to }));
    }

    /// Leaves the stretch that was loaded by itself, unless some of it lies from the first of these places up to the second.
    pub(in super::super) fn leave_stretch_outside(&mut self, places: Option<(R::Place, R::Place)>) {
        if self.has_stretch_outside(places) {
            self.look_at(None);
        }
    }

    /// Whether there is a stretch to be left.
    pub(in super::super) fn has_stretch_outside(
        &self,
        places: Option<(R::Place, R::Place)>,
    ) -> bool {
        let stays =
            |stretch: Stretch<_>| places.is_some_and(|(from, to)| stretch.overlaps(from, to));
        self.stretch.is_some_and(|stretch| !stays(stretch))
    }

    fn look_at(&mut self, stretch: Option<Stretch<R::Place>>) {
        let [left, entered] = [self.stretch, stretch];
        let differs = |place: &R::Place| {
            let is_in =
                |stretch: &Option<Stretch<_>>| stretch.is_some_and(|it| it.contains(*place));
            is_in(&left) != is_in(&entered)
        };
        let ends = [left, entered]
            .into_iter()
            .flatten()
            .map(|stretch| stretch.to);
        let Some(last) = ends.max() else { return };
        let places = self.rows.range(..last).map(|(at, _)| *at);
        let changed = places.filter(differs).collect();
        self.reveal(changed, |table| table.stretch = stretch);
    }

    /// The rows to ask for next so that those from `first` up to the one before `to` are there; none if they are. If the
    /// loaded range is far from them, they become a stretch of their own.
    pub fn next_between(&self, first: R::Place, to: R::Place) -> Option<Older<R::Place>> {
        let next = self.next_older().filter(|next| next.before > first)?;
        if next.before < to {
            return Some(next);
        }
        // Of another stretch, nothing is known here.
        let around = self
            .stretch
            .filter(|it| it.to >= to && it.from < Reach::From(to));
        let (before, to) = match around {
            None => (to, to),
            Some(Stretch {
                from: Reach::From(loaded),
                to,
            }) if loaded > first => (loaded, to),
            Some(_) => return None,
        };
        Some(Older {
            before,
            to: Some(to),
            ..next
        })
    }
}
