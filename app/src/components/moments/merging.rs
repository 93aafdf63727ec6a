//! Whether the ticked moments can be merged, before the server is asked, and a merge that was asked for.

use std::collections::HashSet;

use crate::domain::moments::moment::{Moment, MomentId};

/// A merge that was asked for. It may have to wait for what is being done with the moment that the others become part of, and
/// others may be ticked meanwhile.
#[derive(Clone)]
pub(super) struct RequestedMerge {
    /// That moment.
    pub(super) into: MomentId,
    /// The moments that were ticked when it was asked for.
    pub(super) ticked: HashSet<MomentId>,
    /// Whether the bar's button was pressed, and not that of the moment.
    pub(super) by_bar: bool,
}

/// Whether some moments can be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Merging {
    /// There are fewer than two of them.
    TooFew,
    /// They lie in different segments, and what lies between those is no part of the stream.
    OtherSegments,
    /// They can be merged.
    Possible,
}

impl Merging {
    /// Of these moments.
    pub(super) fn of<'a>(moments: impl IntoIterator<Item = &'a Moment>) -> Self {
        let mut segments = moments.into_iter().map(|moment| moment.segment_index);
        let Some(first) = segments.next() else {
            return Self::TooFew;
        };
        segments.fold(Self::TooFew, |so_far, segment| match so_far {
            Self::TooFew | Self::Possible if segment == first => Self::Possible,
            Self::TooFew | Self::Possible | Self::OtherSegments => Self::OtherSegments,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::moment_markup::tests::moment, *};

    proptest! {
        #[test]
        fn several_moments_can_be_merged_if_they_lie_in_one_segment(segments in prop::collection::vec(1_u32..4, 0..5)) {
            let moments = segments.iter().map(|segment_index| Moment {
                segment_index: *segment_index,
                ..moment(&[])
            });
            let merging = Merging::of(&moments.collect::<Vec<_>>());
            let is_one = segments.windows(2).all(|pair| pair[0] == pair[1]);
            let expected = match segments.len() {
                0 | 1 => Merging::TooFew,
                _ if is_one => Merging::Possible,
                _ => Merging::OtherSegments,
            };
            prop_assert_eq!(merging, expected);
        }
    }
}
