//! Which counted presses carry a label, for the counts of a range.

use std::collections::BTreeMap;

use super::{crowd_curve::VisitorIndex, heap_bytes, moment::LabelCount};
use crate::domain::{labels::LabelId, timestamp::TimestampId};

/// The counted presses of a segment that carry a label, by offset. Those without one take no room.
#[derive(Clone, Debug, Default)]
pub struct LabelIndex(BTreeMap<(u32, TimestampId), (VisitorIndex, LabelId)>);

impl LabelIndex {
    /// Sets the label of a press, or that it has none. Whether that is news.
    pub fn set(
        &mut self,
        row: (u32, TimestampId),
        visitor: VisitorIndex,
        label: Option<LabelId>,
    ) -> bool {
        let new = label.map(|label| (visitor, label));
        let known = match new {
            Some(new) => self.0.insert(row, new),
            None => self.0.remove(&row),
        };
        known != new
    }

    /// The label of a press.
    pub fn get(&self, row: (u32, TimestampId)) -> Option<LabelId> {
        self.0.get(&row).map(|&(_, label)| label)
    }

    /// About how many bytes it holds.
    pub fn heap_bytes(&self) -> usize {
        heap_bytes::of_tree::<(u32, TimestampId), (VisitorIndex, LabelId)>(self.0.len())
    }

    /// The labels of a range, both ends included, with how many distinct visitors gave each; the most frequent first.
    pub fn count(&self, start: u32, end: u32) -> Vec<LabelCount> {
        let from = (start, TimestampId(uuid::Uuid::nil()));
        let to = (end, TimestampId(uuid::Uuid::max()));
        let mut given: Vec<_> = self
            .0
            .range(from..=to)
            .map(|(_, &(visitor, label))| (label, visitor))
            .collect();
        given.sort_unstable();
        given.dedup();
        let labels = given.chunk_by(|one, other| one.0 == other.0);
        let mut counts: Vec<_> = labels
            .filter_map(|given| {
                Some(LabelCount {
                    label: given.first()?.0,
                    count: u32::try_from(given.len()).unwrap_or(u32::MAX),
                })
            })
            .collect();
        // Stable: labels that are equally frequent stay in the order of their numbers.
        counts.sort_by_key(|counted| std::cmp::Reverse(counted.count));
        counts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    proptest! {
        #[test]
        fn a_label_counts_each_visitor_of_the_range_once(
            presses in prop::collection::vec((0_u32..20, 0_u32..5, prop::option::of(1_u32..4)), 0..40),
            start in 0_u32..20,
            length in 0_u32..20,
        ) {
            let mut index = LabelIndex::default();
            for (id, (offset, visitor, label)) in (0_u128..).zip(&presses) {
                let row = (*offset, TimestampId(Uuid::from_u128(id)));
                index.set(row, VisitorIndex(*visitor), label.map(LabelId));
                prop_assert_eq!(index.get(row), label.map(LabelId));
            }
            let counts = index.count(start, start + length);
            for label in 1..4 {
                let own = presses.iter().filter(|(offset, _, given)| {
                    (start..=start + length).contains(offset) && *given == Some(label)
                });
                let visitors: std::collections::BTreeSet<_> = own.map(|(_, visitor, _)| visitor).collect();
                let counted = counts.iter().find(|counted| counted.label == LabelId(label));
                prop_assert_eq!(counted.map_or(0, |counted| counted.count as usize), visitors.len());
            }
            prop_assert!(counts.is_sorted_by_key(|counted| (std::cmp::Reverse(counted.count), counted.label)));
        }
    }
}
