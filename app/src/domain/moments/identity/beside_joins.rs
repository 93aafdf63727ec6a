//! Which crowds beside what a person joined are no part of it: its silence reaches to them, but their peaks don't lie in it.

use std::collections::BTreeSet;

use super::{NEAR, StoredMoment};
use crate::domain::moments::{
    boundaries::{Boundaries, Span},
    crowd::Crowd,
    late_presses::without_late,
    peaks::{self, Basin, Valley},
};

/// Parts the joined ranges of pinned moments from crowds beside them. Between two crowds, the silence is shared in the middle,
/// and where presses in a joined range are hidden, that may lie in the range: no crowd becomes part of it for that.
///
/// A crowd whose peak wandered out of the range is still part of it: one that is [`NEAR`], where no other moment is known. So is
/// one that rises from a crowd in the range, with no silence between.
///
/// `prompt` is the curve on which moments are found, less what late viewers add to it. Returns the ranges that no crowd is left
/// in: there, the curve only rises towards the crowds beside them, if it does.
pub(super) fn part_beside_joins(
    crowd: Crowd,
    prompt: &[u64],
    stored: &[StoredMoment],
    boundaries: &mut Boundaries,
) -> Vec<Span> {
    let pinned = stored.iter().filter(|moment| moment.is_pinned);
    let joins = pinned.filter_map(|moment| boundaries.join_around(moment.anchor));
    let joins: BTreeSet<Span> = joins.filter(|join| !boundaries.is_exact(*join)).collect();
    if joins.is_empty() {
        return Vec::new();
    }
    let anchors: BTreeSet<u32> = stored.iter().map(|moment| moment.anchor).collect();
    let basins = peaks::basins(prompt, boundaries);
    // Presses that were put back, by how late their visitors are, may have left the range. It still holds them.
    let as_stored = match crowd.is_corrected() {
        true => {
            let prompt = without_late(crowd.stored, boundaries.splits());
            peaks::basins(&prompt, boundaries)
        }
        false => Vec::new(),
    };
    let mut silent = Vec::new();
    for join in joins {
        let (start, end) = join;
        let is_in = |basin: &Basin| (start..=end).contains(&basin.peak);
        let around = reaching(&basins, join);
        let has_peak = around.iter().any(is_in);
        if !has_peak && reaching(&as_stored, join).iter().any(is_in) {
            continue;
        }
        let is_other = |peak: u32| {
            let distance = start.saturating_sub(peak).max(peak.saturating_sub(end));
            let mut near = anchors.range(peak.saturating_sub(NEAR)..=peak.saturating_add(NEAR));
            let is_known = near
                .any(|anchor| !(start..=end).contains(anchor) && !boundaries.parts(*anchor, peak));
            distance > NEAR || is_known
        };
        let is_apart =
            |valley: Option<Valley>| !has_peak || valley.is_none_or(|valley| valley.height == 0);
        let leaves = |basin: &Basin, valley| is_apart(valley) && is_other(basin.peak);
        let before = around.first().filter(|basin| basin.peak < start);
        let before = before.map(|basin| leaves(basin, basin.valley));
        let last_valley = around.iter().rev().nth(1).and_then(|basin| basin.valley);
        let after = around.last().filter(|basin| end < basin.peak);
        let after = after.map(|basin| leaves(basin, last_valley));
        let is_silent = !has_peak && before != Some(false) && after != Some(false);
        // Once a crowd on one side of a silent range is parted from it, the silence reaches to the next one on the other side.
        if is_silent || before == Some(true) {
            boundaries.part_at(start);
        }
        if is_silent || after == Some(true) {
            boundaries.part_at(end.saturating_add(1));
        }
        if is_silent {
            silent.push(join);
        }
    }
    silent
}

/// The basins that share a second with a range.
fn reaching(basins: &[Basin], (start, end): Span) -> &[Basin] {
    let first = basins.partition_point(|basin| basin.last < start);
    let behind = basins.partition_point(|basin| basin.first <= end);
    basins.get(first..behind).unwrap_or_default()
}
