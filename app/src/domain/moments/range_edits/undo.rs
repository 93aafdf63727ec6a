//! Undoing edits of ranges, and what ended moments.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{RangeRefused, SegmentEdits, edited, overlap::is_over};
use crate::domain::moments::moment::MomentId;

impl SegmentEdits {
    /// Undoes an edit: the moments that it ended are there again.
    ///
    /// # Errors
    /// `RangeRefused::ChangedSince` where it can't be undone without undoing something later; nothing has changed then.
    pub fn undo(&mut self, act: Uuid) -> Result<(), RangeRefused> {
        let mut next = self.clone();
        let undone = next.edits.iter().find(|kept| kept.act == act);
        let unmade = undone.and_then(|kept| kept.made.filter(|made| *made == kept.moment));
        let restored = next.take_back(act)?;
        next.settle(self, act, Some(&restored), unmade)?;
        *self = next;
        Ok(())
    }

    /// Makes a moment one of its own again that the crowd made part of another one, because people want it after all.
    ///
    /// # Errors
    /// `RangeRefused::ChangedSince` where a person made it part of another one, or its place has become another moment's that
    /// people did something to; nothing has changed then.
    pub fn revive(&mut self, act: Uuid, id: MomentId) -> Result<(), RangeRefused> {
        let mut next = self.clone();
        let moment = next.moments.iter_mut().find(|moment| moment.id == id);
        let moment = moment.ok_or(RangeRefused::NoMoment)?;
        if moment.absorbed_by.is_some() {
            return Err(RangeRefused::ChangedSince);
        }
        moment.absorbed_into = None;
        next.settle(self, act, Some(&BTreeSet::from([id])), None)?;
        *self = next;
        Ok(())
    }

    /// Takes an edit out, and tells which moments are there again.
    fn take_back(&mut self, act: Uuid) -> Result<BTreeSet<MomentId>, RangeRefused> {
        let at = self.edits.iter().position(|kept| kept.act == act);
        let at = at.ok_or(RangeRefused::ChangedSince)?;
        let edit = self.edits.remove(at);
        let mut later = self.edits.iter().skip(at);
        if later.any(|later| later.moment == edit.moment || is_over(later.edit, edit.edit)) {
            return Err(RangeRefused::ChangedSince);
        }
        let mut restored = BTreeSet::new();
        let edited = edited(&self.edits);
        for moment in &mut self.moments {
            if edit.made == Some(moment.id) {
                let is_merged = moment.absorbed_into.is_some();
                if is_merged || moment.is_described || edited.contains(&moment.id) {
                    return Err(RangeRefused::ChangedSince);
                }
                // A range that was made a moment is part of what was there before; this follows below.
                if edit.moment != moment.id {
                    moment.absorbed_into = Some(edit.moment);
                }
            } else if moment.absorbed_by == Some(act) {
                (moment.absorbed_into, moment.absorbed_by) = (None, None);
                restored.insert(moment.id);
            } else if moment.id == edit.moment {
                if moment.absorbed_into.is_some() {
                    return Err(RangeRefused::ChangedSince);
                }
                moment.anchor = edit.anchor_before;
                restored.insert(moment.id);
            }
        }
        if edit.made == Some(edit.moment) {
            self.give_back(edit.moment, &restored);
        }
        Ok(restored)
    }

    /// Makes a moment that a person no longer wants part of the nearest of those that were there before. If there were none,
    /// the crowd decides what becomes of it.
    fn give_back(&mut self, id: MomentId, restored: &BTreeSet<MomentId>) {
        let anchor = self.moments.iter().find(|moment| moment.id == id);
        let Some(anchor) = anchor.map(|moment| moment.anchor) else {
            return;
        };
        let there = self
            .moments
            .iter()
            .filter(|other| restored.contains(&other.id));
        let nearest = there.min_by_key(|other| (other.anchor.abs_diff(anchor), other.id));
        let nearest = nearest.map(|other| other.id);
        if let Some(moment) = self.moments.iter_mut().find(|moment| moment.id == id) {
            moment.absorbed_into = nearest;
        }
    }
}
