//! How high the crowd is at each second of a segment: where its moments are found, and where their ranges are.

use std::cmp::Reverse;

use super::{
    boundaries::Boundaries,
    peaks::{self, Group},
};

/// How high the crowd is at each second of a segment.
#[derive(Clone, Copy, Debug)]
pub struct Crowd<'a> {
    /// The curve on which moments are found, once what late viewers add to it is taken off. Where a segment is sharpened, its
    /// presses are put back by how late their visitors are.
    pub found: &'a [u64],
    /// The curve of the stored offsets, which all lists show: ranges are ranges of these.
    pub stored: &'a [u64],
}

impl<'a, C: AsRef<[u64]> + ?Sized> From<&'a C> for Crowd<'a> {
    /// A segment that is not sharpened.
    fn from(cells: &'a C) -> Self {
        Self {
            found: cells.as_ref(),
            stored: cells.as_ref(),
        }
    }
}

impl Crowd<'_> {
    /// Whether moments are found on another curve than that of the stored offsets.
    pub(super) fn is_corrected(self) -> bool {
        !std::ptr::eq(self.found, self.stored)
    }

    /// The seconds of a group, as lists show them: those around its peak, and where the stored curve stands out there.
    pub(super) fn range_of(self, group: &Group, boundaries: &Boundaries) -> (u32, u32) {
        let found = peaks::range_of(self.found, group, boundaries);
        if !self.is_corrected() {
            return found;
        }
        let height = |second: u32| self.stored.get(second as usize).copied().unwrap_or(0);
        let nearness = |second: u32| Reverse(second.abs_diff(group.peak));
        let peak = (found.0..=found.1).max_by_key(|&second| (height(second), nearness(second)));
        let peak = peak.unwrap_or(group.peak);
        let stored = Group {
            peak,
            height: height(peak),
            ..*group
        };
        let (start, end) = peaks::range_of(self.stored, &stored, boundaries);
        (start.min(group.peak), end.max(group.peak))
    }
}
