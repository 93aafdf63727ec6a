//! Who pressed or joined in a session, and how much they count for.

use std::collections::HashMap;

use uuid::Uuid;

use crate::domain::moments::{crowd_curve::VisitorIndex, heap_bytes, weight::Weight};

/// The visitors with presses that count, or with joins, and the audience that they are.
///
/// Others are not known here. So nothing depends on what a process has seen of presses that don't count any more: one that
/// reads all rows anew knows the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Visitors {
    numbers: HashMap<Uuid, VisitorIndex>,
    /// By their numbers. Whoever is known again after they had left has another number then.
    known: Vec<Visitor>,
    /// The sum of their weights, in 1/256 of a visitor.
    audience: u64,
}

#[derive(Clone, Debug)]
struct Visitor {
    id: Uuid,
    /// How many of their presses count that carry the same weight. Nearly all visitors have one weight.
    lowest: (Weight, u32),
    /// The same of higher weights, in no order.
    higher: Vec<(Weight, u32)>,
    joins: u32,
}

impl Visitors {
    /// A visitor's number.
    pub(super) fn number(&mut self, id: Uuid) -> VisitorIndex {
        *self.numbers.entry(id).or_insert_with(|| {
            self.known.push(Visitor {
                id,
                lowest: (Weight::WHOLE, 0),
                higher: Vec::new(),
                joins: 0,
            });
            VisitorIndex(u32::try_from(self.known.len() - 1).unwrap_or(u32::MAX))
        })
    }

    /// The number of a visitor who is known.
    pub(super) fn find(&self, id: Uuid) -> Option<VisitorIndex> {
        self.numbers.get(&id).copied()
    }

    /// What a visitor counts for: the lowest weight of their presses that count, and before the first of these a whole.
    pub(super) fn weight(&self, visitor: VisitorIndex) -> Weight {
        let known = self.known.get(visitor.0 as usize);
        let known = known.filter(|known| known.lowest.1 > 0);
        known.map_or(Weight::WHOLE, |known| known.lowest.0)
    }

    /// How many visitors have presses that count, each by their weight.
    pub(super) fn audience(&self) -> u32 {
        u32::try_from(self.audience / 256).unwrap_or(u32::MAX)
    }

    /// Counts a press. Whether the presses before it are to be weighed anew.
    pub(super) fn add_press(&mut self, visitor: VisitorIndex, weight: Weight) -> bool {
        self.change(visitor, |known| known.add(weight))
    }

    /// Takes a press out that was counted. Whether the others are to be weighed anew.
    pub(super) fn remove_press(&mut self, visitor: VisitorIndex, weight: Weight) -> bool {
        self.change(visitor, |known| known.remove(weight))
    }

    /// Takes all presses of a visitor out.
    pub(super) fn remove_presses(&mut self, visitor: VisitorIndex) {
        self.change(visitor, |known| {
            known.lowest.1 = 0;
            known.higher.clear();
        });
    }

    /// Counts a join.
    pub(super) fn add_join(&mut self, visitor: VisitorIndex) {
        self.change(visitor, |known| known.joins += 1);
    }

    /// Takes a join out.
    pub(super) fn remove_join(&mut self, visitor: VisitorIndex) {
        self.change(visitor, |known| known.joins = known.joins.saturating_sub(1));
    }

    /// About how many bytes it holds. It looks at no visitor.
    pub(super) fn heap_bytes(&self) -> usize {
        heap_bytes::of_map(&self.numbers) + heap_bytes::of_vec(&self.known)
    }

    fn change(&mut self, visitor: VisitorIndex, change: impl FnOnce(&mut Visitor)) -> bool {
        let Some(known) = self.known.get_mut(visitor.0 as usize) else {
            return false;
        };
        let (before, had_presses) = (known.counts_for(), known.lowest.1 > 0);
        change(known);
        let after = known.counts_for();
        self.audience = self.audience + after - before;
        if known.lowest.1 == 0 && known.joins == 0 {
            self.numbers.remove(&known.id);
            // Nothing of whoever was erased stays in memory.
            known.id = Uuid::nil();
        }
        had_presses && known.lowest.1 > 0 && before != after
    }
}

impl Visitor {
    /// What they add to the audience.
    fn counts_for(&self) -> u64 {
        match self.lowest {
            (_, 0) => 0,
            (weight, _) => weight.parts().into(),
        }
    }

    fn add(&mut self, weight: Weight) {
        match self.lowest {
            (lowest, count) if count == 0 || weight == lowest => self.lowest = (weight, count + 1),
            before if weight < before.0 => {
                self.higher.push(before);
                self.lowest = (weight, 1);
            }
            _ => match self.higher.iter_mut().find(|(known, _)| *known == weight) {
                Some((_, count)) => *count += 1,
                None => self.higher.push((weight, 1)),
            },
        }
    }

    fn remove(&mut self, weight: Weight) {
        let higher = self.higher.iter().position(|(known, _)| *known == weight);
        match higher {
            Some(at) => {
                self.higher[at].1 -= 1;
                if self.higher[at].1 == 0 {
                    self.higher.swap_remove(at);
                }
            }
            None => self.lowest.1 = self.lowest.1.saturating_sub(1),
        }
        if self.lowest.1 == 0 {
            let higher = self.higher.iter().enumerate();
            let next = higher.min_by_key(|(_, (weight, _))| *weight);
            if let Some((at, _)) = next {
                self.lowest = self.higher.swap_remove(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{
            PressRow, SessionMoments,
            tests::{answers, row, rows, session},
        },
        *,
    };
    use crate::domain::{moments::fresh_visitors::FreshVisitors, timestamp::TimestampId};

    proptest! {
        /// Taken back or erased: they are told without their visitors, whatever became of them before.
        #[test]
        fn rows_that_are_erased_have_never_been(
            rows in rows(),
            erased in prop::collection::vec(any::<bool>(), 120),
            hidden in prop::collection::vec(any::<bool>(), 120),
        ) {
            let mut followed = session(&rows);
            answers(&mut followed);
            for (row, _) in rows.iter().zip(&hidden).filter(|(_, is_hidden)| **is_hidden) {
                followed.apply(&PressRow { counts: false, ..*row });
            }
            for segment in [1, 2] {
                let erased = rows.iter().zip(&erased);
                let erased = erased.filter(|(row, is_erased)| **is_erased && row.segment_index == segment);
                let erased = erased.map(|(row, _)| ((row.offset, row.id), row.weight)).collect();
                followed.remove_erased(segment, &erased);
                prop_assert!(!followed.remove_erased(segment, &erased));
            }
            let left = rows.iter().zip(erased.iter().zip(&hidden));
            let left = left.filter(|(_, (is_erased, is_hidden))| !**is_erased && !**is_hidden);
            let left: Vec<_> = left.map(|(row, _)| *row).collect();
            prop_assert_eq!(answers(&mut followed), answers(&mut session(&left)));
            // And what is hidden can be shown again.
            let mut all = left;
            for (row, (is_erased, is_hidden)) in rows.iter().zip(erased.iter().zip(&hidden)) {
                if !is_erased && *is_hidden {
                    followed.apply(row);
                    all.push(*row);
                }
            }
            prop_assert_eq!(answers(&mut followed), answers(&mut session(&all)));
        }

        #[test]
        fn the_audience_is_the_weight_of_those_whose_presses_count(rows in rows()) {
            let mut lowest: HashMap<Uuid, Weight> = HashMap::new();
            for row in rows.iter().filter(|row| row.counts) {
                let weight = lowest.entry(row.visitor).or_insert(row.weight);
                *weight = row.weight.min(*weight);
            }
            let parts: u32 = lowest.values().map(|weight| u32::from(weight.parts())).sum();
            prop_assert_eq!(session(&rows).audience(), parts / 256);
        }
    }

    /// Twenty viewers whose moments are of two or three, and a client beside them that would be six hundred people a minute.
    #[test]
    fn a_client_that_drops_its_cookie_keeps_no_small_audience_from_making_moments() {
        let mut fresh = FreshVisitors::default();
        let mut session = SessionMoments::default();
        for viewer in 0..20 {
            session.apply(&row(viewer * 2, viewer, 9_000 + viewer % 7 * 100));
        }
        let alone = session.moments(1, &[], &[], session.audience()).moments;
        assert_eq!(alone.len(), 7);
        for press in 0..600_u32 {
            let offset = 100 + press / 10;
            let weight = fresh.weigh("client", offset.into());
            session.apply(&PressRow {
                weight,
                ..row(100 + press * 2, 100 + press, offset)
            });
        }
        assert!(session.audience() < 20 + 60);
        let moments = session.moments(1, &[], &[], session.audience()).moments;
        let later = moments.iter().filter(|moment| moment.found.peak > 8_000);
        assert_eq!(later.count(), 7);
    }

    #[test]
    fn a_visitor_whose_presses_are_all_erased_is_forgotten() {
        let mut session = SessionMoments::default();
        session.apply(&row(0, 1, 100));
        session.apply(&row(2, 1, 200));
        let erased = |number: u128, offset: u32| {
            let place = (offset, TimestampId(Uuid::from_u128(number)));
            HashMap::from([(place, Weight::WHOLE)])
        };
        session.remove_erased(1, &erased(0, 100));
        assert_eq!(session.audience(), 1);
        session.remove_erased(1, &erased(2, 200));
        assert_eq!(session.audience(), 0);
        assert_eq!(session.visitors.find(Uuid::from_u128(1)), None);
    }
}
