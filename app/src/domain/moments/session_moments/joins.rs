//! The visitors who joined moments from the list, kept up row by row.

use std::collections::HashMap;

use uuid::Uuid;

use super::{SegmentCurve, SessionMoments};
use crate::domain::moments::{crowd_curve::VisitorIndex, heap_bytes, moment::LAST_SECOND};

/// A join, as the counts read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinRow {
    /// Its id.
    pub id: Uuid,
    /// The segment: 1, 2, 3, ….
    pub segment_index: u32,
    /// Where the moment's peak was, in whole seconds since the segment's start.
    pub offset: u32,
    /// Who joined; none if they don't count: they are blocked, or were erased.
    pub visitor: Option<Uuid>,
}

/// The joins that count, with their places and who made them. Who has joined and not pressed is no part of the audience.
#[derive(Clone, Debug, Default)]
pub(super) struct Joins(HashMap<Uuid, (u32, u32, VisitorIndex)>);

impl Joins {
    /// About how many bytes it holds. It looks at no join.
    pub(super) fn heap_bytes(&self) -> usize {
        heap_bytes::of_map(&self.0)
    }

    /// The same, without the joins of other segments.
    pub(super) fn of_segments(&self, is_meant: impl Fn(u32) -> bool) -> Self {
        let rows = self.0.iter();
        let rows = rows.filter(|(_, (segment, ..))| is_meant(*segment));
        Self(rows.map(|(&id, &place)| (id, place)).collect())
    }
}

impl SessionMoments {
    /// Takes in a join as it is now: a new one, or one that does not count any more. The curves stay as they are. Whether a
    /// count may have changed.
    pub fn apply_join(&mut self, row: &JoinRow) -> bool {
        let visitor = row.visitor.filter(|_| row.offset <= LAST_SECOND);
        let visitor = visitor.map(|visitor| self.visitors.number(visitor));
        let place = visitor.map(|visitor| (row.segment_index, row.offset, visitor));
        let known = match place {
            Some(place) => self.joins.0.insert(row.id, place),
            None => self.joins.0.remove(&row.id),
        };
        if known == place {
            return false;
        }
        self.version += 1;
        let version = self.version;
        if let Some((segment, offset, visitor)) = place {
            let kernel = self.kernel;
            let segment = self.segments.entry(segment);
            let segment = segment.or_insert_with(|| SegmentCurve::new(kernel));
            segment.insert_join(visitor, offset, version);
            self.visitors.add_join(visitor);
        }
        // Afterwards: their number is theirs as long as they have a press or a join.
        if let Some((segment, offset, visitor)) = known {
            if let Some(segment) = self.segments.get_mut(&segment) {
                segment.remove_join(visitor, offset, version);
            }
            self.visitors.remove_join(visitor);
        }
        true
    }

    /// Takes out all joins of a visitor. Whether there were any.
    pub(super) fn remove_joins_of(&mut self, visitor: VisitorIndex) -> bool {
        let rows = self.joins.0.iter();
        let theirs = rows.filter(|(_, (.., of))| *of == visitor);
        let theirs: Vec<_> = theirs
            .map(|(&id, &(segment_index, offset, _))| JoinRow {
                id,
                segment_index,
                offset,
                visitor: None,
            })
            .collect();
        for row in &theirs {
            self.apply_join(row);
        }
        !theirs.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::{
        super::{
            PressRow,
            tests::{answers, row, rows, session},
        },
        *,
    };
    use crate::domain::moments::boundaries::RangeEdit;

    /// Visitors below 30 press, too.
    fn join(number: u32, visitor: u32, segment_index: u32, offset: u32) -> JoinRow {
        JoinRow {
            id: Uuid::from_u128(number.into()),
            segment_index,
            offset,
            visitor: Some(Uuid::from_u128(visitor.into())),
        }
    }

    fn joins() -> impl Strategy<Value = Vec<JoinRow>> {
        prop::collection::vec((0_u32..45, 1_u32..3, 0_u32..330), 0..60).prop_map(|joins| {
            let joins = (0..).zip(joins);
            joins
                .map(|(number, (visitor, segment, offset))| join(number, visitor, segment, offset))
                .collect()
        })
    }

    fn joined(rows: &[PressRow], joins: &[JoinRow]) -> SessionMoments {
        let mut session = session(rows);
        for join in joins {
            session.apply_join(join);
        }
        session
    }

    proptest! {
        #[test]
        fn a_moment_counts_each_visitor_once_who_pressed_or_joined_and_nothing_else_changes(
            rows in rows(), joins in joins(),
        ) {
            let mut without = session(&rows);
            let mut with = joined(&rows, &joins);
            prop_assert_eq!(with.audience(), without.audience());
            for segment in [1, 2] {
                prop_assert_eq!(with.buckets(segment), without.buckets(segment));
                let alone = without.moments(segment, &[], &[], 0).moments;
                let together = with.moments(segment, &[], &[], 0).moments;
                prop_assert_eq!(alone.len(), together.len());
                for (alone, together) in alone.iter().zip(&together) {
                    prop_assert_eq!(&alone.found, &together.found);
                    prop_assert_eq!(&alone.labels, &together.labels);
                    prop_assert_eq!(alone.evidence.presses, together.evidence.presses);
                    let range = alone.found.start..=alone.found.end;
                    let pressed = rows.iter().filter(|row| {
                        row.counts && row.segment_index == segment && range.contains(&row.offset)
                    });
                    let joined = joins.iter().filter(|join| {
                        join.segment_index == segment && range.contains(&join.offset)
                    });
                    let visitors = pressed.map(|row| row.visitor);
                    let visitors = visitors.chain(joined.filter_map(|join| join.visitor));
                    let visitors: HashSet<_> = visitors.collect();
                    prop_assert_eq!(together.evidence.visitors as usize, visitors.len());
                }
            }
        }

        #[test]
        fn any_order_of_presses_and_joins_and_any_batches_give_the_same(
            rows in rows(),
            joins in joins(),
            order in prop::collection::vec(any::<bool>(), 180),
            batch in 1_usize..20,
        ) {
            let wanted = answers(&mut joined(&rows, &joins));
            let mut live = SessionMoments::default();
            let (mut rows, mut joins) = (rows.iter().rev(), joins.iter().rev());
            for (step, joins_first) in order.into_iter().chain([false; 180]).enumerate() {
                let join = if joins_first { joins.next() } else { None };
                match join {
                    Some(join) => live.apply_join(join),
                    None => rows.next().is_some_and(|row| live.apply(row)),
                };
                if step % batch == 0 {
                    answers(&mut live);
                }
            }
            for join in joins {
                live.apply_join(join);
            }
            prop_assert_eq!(answers(&mut live), wanted);
        }

        #[test]
        fn a_join_that_is_taken_out_has_never_been_and_one_that_is_told_twice_counts_once(
            rows in rows(), joins in joins(), extra in joins(),
        ) {
            let extra: Vec<_> = extra
                .iter()
                .map(|join| JoinRow { id: Uuid::from_u128(join.id.as_u128() + 1_000), ..*join })
                .collect();
            let wanted = answers(&mut joined(&rows, &joins));
            let mut live = joined(&rows, &joins);
            answers(&mut live);
            for join in extra.iter().chain(&extra) {
                live.apply_join(join);
            }
            prop_assert!(extra.iter().all(|join| !live.apply_join(join)));
            answers(&mut live);
            for join in &extra {
                // Of an erased visitor, nobody knows any more who they were.
                let erased = JoinRow { visitor: None, ..*join };
                prop_assert!(live.apply_join(&erased));
            }
            prop_assert_eq!(answers(&mut live), wanted);
        }

        #[test]
        fn a_visitor_who_is_taken_out_has_never_joined(
            rows in rows(), joins in joins(), visitor in 0_u128..45,
        ) {
            let visitor = Uuid::from_u128(visitor);
            let mut with = joined(&rows, &joins);
            answers(&mut with);
            with.remove_visitor(visitor);
            let rows: Vec<_> = rows.into_iter().filter(|row| row.visitor != visitor).collect();
            let joins: Vec<_> = joins.into_iter().filter(|join| join.visitor != Some(visitor)).collect();
            let mut without = joined(&rows, &joins);
            prop_assert_eq!(answers(&mut with), answers(&mut without));
            prop_assert_eq!(with.audience(), without.audience());
        }

        /// Joining a moment of a segment that is over does not sharpen it again.
        #[test]
        fn a_sharpened_segment_takes_a_join_before_or_after(
            rows in rows(), joins in joins(), order in any::<prop::sample::Index>(),
        ) {
            let is_over = |segment: u32| segment == 1;
            let joins: Vec<_> = joins.into_iter().filter(|join| is_over(join.segment_index)).collect();
            let (before, after) = joins.split_at(order.index(joins.len() + 1));
            let mut sharp = joined(&rows, before).sharpened(is_over, usize::MAX);
            answers(&mut sharp);
            for join in after {
                sharp.apply_join(join);
            }
            let mut at_once = joined(&rows, &joins).sharpened(is_over, usize::MAX);
            prop_assert_eq!(answers(&mut sharp), answers(&mut at_once));
            // And who joins presses no later.
            let mut none = session(&rows).sharpened(is_over, usize::MAX);
            prop_assert_eq!(at_once.buckets(1), none.buckets(1));
        }

        /// Each joins once, and presses nowhere: none of them is lost or counted twice, wherever ranges are parted.
        #[test]
        fn merging_and_splitting_lose_nobody_who_joined(
            rows in rows(),
            offsets in prop::collection::vec(0_u32..330, 0..40),
            at in 1_u32..330,
        ) {
            let joins = (0_u32..).zip(&offsets);
            let joins: Vec<_> = joins.map(|(number, offset)| join(number, 100 + number, 1, *offset)).collect();
            let (mut without, mut with) = (session(&rows), joined(&rows, &joins));
            let whole = RangeEdit::Merge { start: 0, end: 330 };
            for edits in [vec![whole], vec![whole, RangeEdit::Split { at }]] {
                let alone = without.moments(1, &[], &edits, 0).moments;
                let together = with.moments(1, &[], &edits, 0).moments;
                for (alone, together) in alone.iter().zip(&together) {
                    let range = alone.found.start..=alone.found.end;
                    let joined = offsets.iter().filter(|offset| range.contains(offset)).count();
                    let counted = together.evidence.visitors - alone.evidence.visitors;
                    prop_assert_eq!(counted as usize, joined);
                }
            }
        }
    }

    #[test]
    fn who_joins_first_and_presses_later_is_one_visitor_and_then_part_of_the_audience() {
        let mut session = SessionMoments::default();
        for visitor in 0..6 {
            session.apply(&row(visitor * 2, visitor, 100));
        }
        let visitors = |session: &mut SessionMoments| {
            let moments = session.moments(1, &[], &[], 6).moments;
            (moments[0].evidence.visitors, session.audience())
        };
        session.apply_join(&join(1, 30, 1, 100));
        session.apply_join(&join(2, 3, 1, 101));
        assert_eq!(visitors(&mut session), (7, 6));
        session.apply(&row(60, 30, 100));
        assert_eq!(visitors(&mut session), (7, 7));
        session.remove_visitor(Uuid::from_u128(30));
        assert_eq!(visitors(&mut session), (6, 6));
        session.apply_join(&join(1, 30, 1, 100));
        assert_eq!(visitors(&mut session), (7, 6));
    }
}
