//! A range of time in a session, which may reach over several segments.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::{offset::Offset, revision::Revision, timestamp::Place};

/// A second of a session. Seconds are ordered by segment, then by offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// The segment: 1, 2, 3, ….
    pub segment_index: u32,
    /// Whole seconds since that segment's start.
    pub offset_seconds: Offset,
}

/// From one second of a session to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimeRange {
    /// The first second.
    pub first: Position,
    /// The last second. A range whose last second comes before the first one contains nothing.
    pub last: Position,
}

impl TimeRange {
    /// The range between two seconds, whichever comes first.
    pub fn between(one: Position, other: Position) -> Self {
        Self {
            first: one.min(other),
            last: one.max(other),
        }
    }

    /// Whether this second lies in the range.
    pub fn contains(&self, position: Position) -> bool {
        (self.first..=self.last).contains(&position)
    }

    /// The indexes of the segments that it reaches into.
    pub fn segments(self) -> RangeInclusive<u32> {
        self.first.segment_index..=self.last.segment_index
    }

    /// The place behind every timestamp in it.
    pub fn end(self) -> Place {
        Place {
            segment_index: self.last.segment_index,
            offset_seconds: self.last.offset_seconds,
            arrival: Revision(i64::MAX),
        }
    }

    /// Whether timestamps before this place can be in it.
    pub fn reaches_before(self, place: Place) -> bool {
        let first = self.first;
        (first.segment_index, first.offset_seconds) <= (place.segment_index, place.offset_seconds)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn position() -> impl Strategy<Value = Position> {
        (1_u32..4, 0_u32..100).prop_map(|(segment_index, seconds)| Position {
            segment_index,
            offset_seconds: Offset(seconds),
        })
    }

    proptest! {
        #[test]
        fn a_range_contains_its_ends_and_what_lies_between_them(
            one in position(),
            other in position(),
            third in position(),
        ) {
            let range = TimeRange::between(one, other);
            prop_assert_eq!(range, TimeRange::between(other, one));
            prop_assert!(range.contains(one) && range.contains(other));
            let is_between = one.min(other) <= third && third <= one.max(other);
            prop_assert_eq!(range.contains(third), is_between);
        }

        #[test]
        fn what_a_range_contains_lies_before_its_end_and_not_before_its_beginning(
            one in position(),
            other in position(),
            third in position(),
            arrival in 0_i64..1_000,
        ) {
            let range = TimeRange::between(one, other);
            let place = Place {
                segment_index: third.segment_index,
                offset_seconds: third.offset_seconds,
                arrival: Revision(arrival),
            };
            let is_within = place < range.end() && range.reaches_before(place);
            prop_assert_eq!(range.contains(third), is_within);
            let is_near = range.segments().contains(&third.segment_index);
            prop_assert!(is_near || !range.contains(third));
        }
    }
}
