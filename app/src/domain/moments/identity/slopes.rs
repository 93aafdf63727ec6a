//! What the slopes of a group say: whose crowd it is, and whether it is one at all.

use super::NEAR;
use crate::domain::moments::{boundaries::Boundaries, peaks::Group};

/// Whether the crowd of a group is that of this pinned anchor. A group also has the silence between its crowd and the next one,
/// so that the anchor of a crowd that is gone lies in some group too: it belongs to this one if it is near its range, or on the
/// slope that falls from there.
pub(super) fn reaches(cells: &[u64], group: &Group, (start, end): (u32, u32), anchor: u32) -> bool {
    if !(group.first..=group.last).contains(&anchor) {
        return false;
    }
    let near = start.saturating_sub(NEAR)..=end.saturating_add(NEAR);
    let slope = cells.get(anchor.min(end) as usize..=anchor.max(start) as usize);
    let falls = slope.is_some_and(|slope| match anchor < start {
        true => slope.is_sorted(),
        false => slope.iter().rev().is_sorted(),
    });
    let is_silent = cells.get(anchor as usize).is_none_or(|cell| *cell == 0);
    near.contains(&anchor) || (falls && !is_silent)
}

/// Whether a group is highest at the border of a range that a person set, or at a wall behind which the curve less its late
/// presses goes on rising: a part of another peak which the person left out, and no peak of its own.
pub(super) fn is_flank(
    cells: &[u64],
    prompt: &[u64],
    group: &Group,
    boundaries: &Boundaries,
) -> bool {
    let is_top = |second: u32| cells.get(second as usize) == Some(&group.height);
    let rises = |border: u32, beyond: u32| {
        let height = |at: u32| prompt.get(at as usize);
        boundaries.parts(border, beyond) && height(border) < height(beyond)
    };
    let is_before = is_top(group.last) && {
        let behind = boundaries.exact_around(group.last + 1);
        let is_exact = behind.is_some_and(|(start, _)| group.last + 1 == start);
        is_exact || rises(group.last, group.last + 1)
    };
    let is_behind = is_top(group.first)
        && group.first.checked_sub(1).is_some_and(|last| {
            let before = boundaries.exact_around(last);
            before.is_some_and(|(_, end)| end == last) || rises(group.first, last)
        });
    is_before || is_behind
}
