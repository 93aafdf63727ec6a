//! What making, merging, splitting and moving moments does to the stored ones of a segment, and when it can be undone. The
//! curve's grouping follows from the edits ([`super::boundaries`]); here it is decided which ids there are.
//!
//! Of moments that people did something to, at most one lies in what a person made one: the others are part of it, and
//! remember which action made them so.

mod began;
mod counting;
mod overlap;
mod request;
mod undo;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use self::overlap::ordered;
pub use self::request::{RangeRefused, RangeRequest};
use super::{
    boundaries::{Boundaries, RangeEdit, Span},
    identity::StoredMoment,
    moment::MomentId,
};

/// A stored moment of the segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptMoment {
    /// Its id.
    pub id: MomentId,
    /// Its identity, in whole seconds since the segment's start.
    pub anchor: u32,
    /// Whether it is shown.
    pub is_shown: bool,
    /// Whether people said anything about it (`Curation::is_any`).
    pub is_curated: bool,
    /// Whether that would be lost with it: everything except that it is hidden.
    pub is_described: bool,
    /// The moment that it became part of.
    pub absorbed_into: Option<MomentId>,
    /// The action that made it part of that one; none where the crowd did.
    pub absorbed_by: Option<Uuid>,
}

/// An edit that was made and not undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptEdit {
    /// The action that it is.
    pub act: Uuid,
    /// The moment that was edited.
    pub moment: MomentId,
    /// The moment that it made: the other part of a split, or the edited moment itself where a range was made one.
    pub made: Option<MomentId>,
    /// What was done.
    pub edit: RangeEdit,
    /// Where the moment's anchor was before.
    pub anchor_before: u32,
}

/// The stored moments of a segment, and the edits of their ranges in the order in which they were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentEdits {
    /// The moments, those that are part of others included.
    pub moments: Vec<KeptMoment>,
    /// The edits.
    pub edits: Vec<KeptEdit>,
}

impl SegmentEdits {
    /// Makes an edit.
    ///
    /// # Errors
    /// `RangeRefused::NoMoment`, `RangeRefused::Range`, and `RangeRefused::ChangedSince` where a split moment has another range
    /// by now; nothing has changed then.
    pub fn apply(
        &mut self,
        act: Uuid,
        moment: MomentId,
        request: RangeRequest,
    ) -> Result<(), RangeRefused> {
        let mut next = self.clone();
        next.change(act, moment, request)?;
        next.settle(self, act, None, None)?;
        *self = next;
        Ok(())
    }

    /// Makes a range a moment, which people name. `peak` is the second of the range where the curve is highest.
    ///
    /// # Errors
    /// `RangeRefused::NoMoment` where there is a moment of this id already, and `RangeRefused::Range`; nothing has changed then.
    pub fn make(
        &mut self,
        act: Uuid,
        id: MomentId,
        (start, end): Span,
        peak: u32,
    ) -> Result<(), RangeRefused> {
        let mut next = self.clone();
        if next.alive(id).is_ok() {
            return Err(RangeRefused::NoMoment);
        }
        next.moments.push(KeptMoment {
            id,
            anchor: peak,
            is_shown: true,
            is_curated: true,
            is_described: true,
            absorbed_into: None,
            absorbed_by: None,
        });
        let edit = KeptEdit {
            act,
            moment: id,
            made: Some(id),
            edit: RangeEdit::SetRange { start, end },
            anchor_before: peak,
        };
        next.record(edit, &[])?;
        next.settle(self, act, None, None)?;
        *self = next;
        Ok(())
    }

    /// The moments that have their own ids still, as the fold takes them.
    pub fn stored(&self) -> Vec<StoredMoment> {
        let edited = edited(&self.edits);
        let alive = self.moments.iter();
        let alive = alive.filter(|moment| moment.absorbed_into.is_none());
        let stored = alive.map(|moment| StoredMoment {
            id: moment.id,
            anchor: moment.anchor,
            is_pinned: moment.is_pinned(&edited),
            is_shown: moment.is_shown,
        });
        stored.collect()
    }

    /// The moment of this id that is part of no other one.
    fn alive(&self, id: MomentId) -> Result<&KeptMoment, RangeRefused> {
        let moment = self.moments.iter().find(|moment| moment.id == id);
        let moment = moment.filter(|moment| moment.absorbed_into.is_none());
        moment.ok_or(RangeRefused::NoMoment)
    }

    fn change(
        &mut self,
        act: Uuid,
        id: MomentId,
        request: RangeRequest,
    ) -> Result<(), RangeRefused> {
        let anchor_before = self.alive(id)?.anchor;
        let mut named = Vec::new();
        let (edit, made) = match request {
            RangeRequest::Merge { others, range } => {
                for other in &others {
                    self.alive(*other)?;
                }
                named = others;
                let (start, end) = range;
                (RangeEdit::Merge { start, end }, None)
            }
            RangeRequest::SetRange((start, end)) => (RangeEdit::SetRange { start, end }, None),
            RangeRequest::Split {
                at,
                range,
                peaks,
                new,
            } => {
                let (start, end) = range;
                if at <= start || end < at {
                    return Err(RangeRefused::Range);
                }
                if self.has_changed(id, range) {
                    return Err(RangeRefused::ChangedSince);
                }
                let parts = [((start, at - 1), peaks.0), ((at, end), peaks.1)];
                let [own, other] = match anchor_before < at {
                    true => parts,
                    false => [parts[1], parts[0]],
                };
                self.set_anchor(id, anchor_before, own.0)?;
                self.moments.push(KeptMoment {
                    id: new,
                    anchor: self.free_second(other.1, other.0, new)?,
                    is_shown: true,
                    is_curated: false,
                    is_described: false,
                    absorbed_into: None,
                    absorbed_by: None,
                });
                (RangeEdit::Split { at }, Some(new))
            }
        };
        let edit = KeptEdit {
            act,
            moment: id,
            made,
            edit,
            anchor_before,
        };
        self.record(edit, &named)
    }

    /// Adds an edit: what lies in the range that it makes a moment's becomes part of that moment, and so do the moments that
    /// it names. The anchor of one that people did something to stays where it was, and its crowd's range may have left it.
    fn record(&mut self, kept: KeptEdit, named: &[MomentId]) -> Result<(), RangeRefused> {
        let id = kept.moment;
        self.edits.push(kept);
        let (start, end) = match kept.edit {
            RangeEdit::Split { .. } => return Ok(()),
            RangeEdit::Merge { start, end } | RangeEdit::SetRange { start, end } => {
                ordered(start, end)
            }
        };
        let boundaries = Boundaries::new(&self.range_edits());
        let whole = boundaries.join_around(start);
        let whole = whole.filter(|whole| end <= whole.1);
        let whole = whole.ok_or(RangeRefused::Range)?;
        for moment in &mut self.moments {
            let is_part =
                (whole.0..=whole.1).contains(&moment.anchor) || named.contains(&moment.id);
            if is_part && moment.id != id && moment.absorbed_into.is_none() {
                (moment.absorbed_into, moment.absorbed_by) = (Some(id), Some(kept.act));
            }
        }
        self.set_anchor(id, kept.anchor_before, whole)
    }

    /// Whether a moment can't have this range any more: a split or a move has parted it, or it holds a moment that people
    /// did something to. The range was read before the session was locked.
    fn has_changed(&self, id: MomentId, (start, end): Span) -> bool {
        let edited = edited(&self.edits);
        let others = self.moments.iter();
        let mut others = others.filter(|other| other.id != id && other.absorbed_into.is_none());
        Boundaries::new(&self.range_edits()).parts(start, end)
            || others.any(|other| {
                (start..=end).contains(&other.anchor)
                    && other.is_pinned(&edited)
                    && !self.lie_together(id, other.id)
            })
    }

    /// Whether two moments lie in one joined range. Of those that people did something to, only old rows do, from before that
    /// was ruled out.
    fn lie_together(&self, one: MomentId, other: MomentId) -> bool {
        let (Ok(one), Ok(other)) = (self.alive(one), self.alive(other)) else {
            return false;
        };
        let (first, last) = ordered(one.anchor, other.anchor);
        Boundaries::new(&self.range_edits()).joins_over(first, last)
    }

    /// Leaves one moment in each place, after an edit or its undoing: in each range that a person joined, and at each second
    /// that is an anchor.
    ///
    /// In order, so that the first one holds the place: those that people did something to, those that are `restored` because
    /// an edit is undone, and the one whose making is undone (`unmade`) behind these, so that it takes nobody's place. Others
    /// in the same place become part of the first one, unless people did something to them, or they are restored: then the
    /// edit is refused.
    ///
    /// Two that lay together `before`, as old rows may, are no reason to refuse what is done elsewhere.
    fn settle(
        &mut self,
        before: &Self,
        act: Uuid,
        restored: Option<&BTreeSet<MomentId>>,
        unmade: Option<MomentId>,
    ) -> Result<(), RangeRefused> {
        let boundaries = Boundaries::new(&self.range_edits());
        let edited = edited(&self.edits);
        let mut alive: Vec<(bool, bool, &mut KeptMoment)> = Vec::new();
        for moment in &mut self.moments {
            if moment.absorbed_into.is_none() {
                let is_restored = restored.is_some_and(|ids| ids.contains(&moment.id));
                alive.push((moment.is_pinned(&edited), is_restored, moment));
            }
        }
        // Those that stay come first.
        alive.sort_by_key(|(is_pinned, is_restored, moment)| {
            let is_unmade = Some(moment.id) == unmade;
            (
                !is_pinned,
                !is_restored,
                is_unmade,
                moment.anchor,
                moment.id,
            )
        });
        // A place is a joined range, or a single second outside of them.
        let mut holders: BTreeMap<Span, MomentId> = BTreeMap::new();
        let mut anchors = BTreeSet::new();
        for (is_pinned, is_restored, moment) in alive {
            let joined = boundaries.join_around(moment.anchor);
            let place = joined.unwrap_or((moment.anchor, moment.anchor));
            // No two moments have the same anchor, wherever they may lie together.
            let is_own_second = anchors.insert(moment.anchor);
            let holder = *holders.entry(place).or_insert(moment.id);
            // Both are restored: what lay in one range before the undone edit may lie there again.
            let is_as_before = is_restored && restored.is_some_and(|ids| ids.contains(&holder));
            if holder == moment.id || (is_as_before && is_own_second) {
                continue;
            }
            if is_pinned || is_restored {
                if is_own_second && before.lie_together(holder, moment.id) {
                    continue;
                }
                return Err(RangeRefused::ChangedSince);
            }
            moment.absorbed_into = Some(holder);
            moment.absorbed_by = restored.is_none().then_some(act);
        }
        Ok(())
    }

    fn set_anchor(&mut self, id: MomentId, anchor: u32, range: Span) -> Result<(), RangeRefused> {
        let anchor = match (range.0..=range.1).contains(&anchor) {
            true => anchor,
            false => self.free_second(anchor, range, id)?,
        };
        let moment = self.moments.iter_mut().find(|moment| moment.id == id);
        moment.ok_or(RangeRefused::NoMoment)?.anchor = anchor;
        Ok(())
    }

    /// The second of a range nearest to this one that is no other moment's anchor.
    fn free_second(&self, near: u32, range: Span, of: MomentId) -> Result<u32, RangeRefused> {
        let near = near.clamp(range.0, range.1);
        let others = self.moments.iter();
        let others = others.filter(|other| other.id != of && other.absorbed_into.is_none());
        let taken: BTreeSet<u32> = others.map(|other| other.anchor).collect();
        let is_free = |second: &u32| !taken.contains(second);
        let after = (near..=range.1).find(is_free);
        let before = (range.0..near).rev().find(is_free);
        let free = after.into_iter().chain(before);
        let free = free.min_by_key(|second| second.abs_diff(near));
        free.ok_or(RangeRefused::Range)
    }
}

impl KeptMoment {
    /// Whether a person did something to it; `edited` are the moments whose ranges were edited.
    fn is_pinned(&self, edited: &BTreeSet<MomentId>) -> bool {
        self.is_curated || edited.contains(&self.id)
    }
}

/// The moments that these edits are about.
fn edited(edits: &[KeptEdit]) -> BTreeSet<MomentId> {
    let about = edits.iter().flat_map(|kept| [Some(kept.moment), kept.made]);
    about.flatten().collect()
}

#[cfg(test)]
mod tests;
