//! Which ranges that people set still count, and for which moments.

use std::collections::{BTreeMap, BTreeSet};

use super::{KeptEdit, SegmentEdits, overlap::ordered};
use crate::domain::moments::{
    boundaries::{RangeEdit, Span},
    moment::MomentId,
};

/// What a moment has of a range that somebody set.
#[derive(Clone, Copy)]
struct Part {
    /// The place of the edit that set the range, among all edits.
    set_by: usize,
    range: Span,
}

impl SegmentEdits {
    /// The edits, as the grouping takes them: of several that set the same moment's range, only the last one counts.
    ///
    /// A split divides a range that somebody set between two moments. From then on each of them has its own part, which it
    /// keeps when the other one is given another range.
    pub fn range_edits(&self) -> Vec<RangeEdit> {
        let (parts, replaced) = parts(&self.edits);
        // Of most ranges nothing was replaced, and of the others mostly all.
        let mut left: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
        for (owner, part) in parts {
            // Where the owner became part of another moment, nobody is left to keep it for.
            if replaced.contains(&part.set_by) && self.alive(owner).is_ok() {
                left.entry(part.set_by).or_default().push(part.range);
            }
        }
        let mut counting = Vec::with_capacity(self.edits.len());
        for (at, kept) in self.edits.iter().enumerate() {
            if replaced.contains(&at) {
                let ranges = left.get(&at).into_iter().flatten();
                counting.extend(ranges.map(|&(start, end)| RangeEdit::SetRange { start, end }));
            } else {
                counting.push(kept.edit);
            }
        }
        counting
    }
}

/// What each moment has of the ranges that people set, and which of these edits are replaced: in whole, or in part.
fn parts(edits: &[KeptEdit]) -> (BTreeMap<MomentId, Part>, BTreeSet<usize>) {
    let (mut parts, mut replaced) = (BTreeMap::new(), BTreeSet::new());
    for (set_by, kept) in edits.iter().enumerate() {
        match kept.edit {
            RangeEdit::SetRange { start, end } => {
                let range = ordered(start, end);
                let before: Option<Part> = parts.insert(kept.moment, Part { set_by, range });
                replaced.extend(before.map(|before| before.set_by));
            }
            RangeEdit::Split { at } => {
                let Some(new) = kept.made else { continue };
                let Some(whole) = parts.get_mut(&kept.moment) else {
                    continue;
                };
                let (start, end) = whole.range;
                if start < at && at <= end {
                    let halves = [(start, at - 1), (at, end)];
                    let [own, other] = match kept.anchor_before < at {
                        true => halves,
                        false => [halves[1], halves[0]],
                    };
                    whole.range = own;
                    let set_by = whole.set_by;
                    let range = other;
                    parts.insert(new, Part { set_by, range });
                }
            }
            RangeEdit::Merge { .. } => {}
        }
    }
    (parts, replaced)
}
