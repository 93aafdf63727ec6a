//! A range of time in a session, which may reach over several segments.

use serde::{Deserialize, Serialize};

use super::offset::Offset;

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
    }
}
