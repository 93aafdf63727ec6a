//! Which moment is which: a fold of the stored moments over the groups of a curve. The grouping itself knows no ids.

mod beside_joins;
mod slopes;

use self::{
    beside_joins::part_beside_joins,
    slopes::{is_flank, reaches},
};
use super::{
    boundaries::{Boundaries, RangeEdit, Span},
    crowd::Crowd,
    late_presses::without_late,
    moment::MomentId,
    peaks::{self, Border, Group, Groups},
    rank::{self, Thresholds},
};

/// How far the peak of a moment may wander before its anchor follows, in seconds: half of [`NEAR`], so that no step of a crowd
/// that is still growing loses it, and few are written.
const FOLLOWS: u32 = NEAR / 2;

/// How far a peak may be from a moment's anchor to be that moment's, in seconds.
const NEAR: u32 = 12;

/// What is stored of a moment that has its own id still: ids that were absorbed are not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredMoment {
    /// Its id.
    pub id: MomentId,
    /// The second by which it is known again: that of its peak when it was first shown, or where a person put it. Unique in a
    /// segment among those that were not absorbed.
    pub anchor: u32,
    /// Whether a person did something to it: then no press ends, absorbs or hides it.
    pub is_pinned: bool,
    /// Whether it is shown. One whose crowd was hidden is not, and keeps its id for when the crowd is back.
    pub is_shown: bool,
}

/// A moment as the curve shows it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundMoment {
    /// Its id; none where it is new and is to be given one.
    pub id: Option<MomentId>,
    /// Its anchor: that of the stored moment, or the peak of a new one. Where the peak has wandered from the stored one it
    /// is the peak, and to be stored.
    pub anchor: u32,
    /// The first second of its range, as offsets are stored.
    pub start: u32,
    /// Where presses are densest, of its peaks on the curve less its late presses.
    pub peak: u32,
    /// The last second of its range, as offsets are stored.
    pub end: u32,
    /// Whether a person said that it starts there.
    pub is_start_set: bool,
    /// The curve at the peak, in 1/65,536 of a visitor.
    pub height: u64,
    /// How far that is above the background, in 1/65,536 of a visitor: the rank.
    pub excess: u64,
    /// Whether it is shown.
    pub is_shown: bool,
    /// Whether a person made its range, or did something to it: it is there without presses, too.
    pub is_of_people: bool,
}

/// A moment that became part of another one. Its id redirects there and is never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absorbed {
    /// The id that ended.
    pub id: MomentId,
    /// The moment in whose range its anchor lies.
    pub into: MomentId,
}

/// What became of a segment's moments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fold {
    /// In order of time. Shown ones, and those that keep their id without being shown.
    pub moments: Vec<FoundMoment>,
    /// Those that became part of others.
    pub absorbed: Vec<Absorbed>,
    /// Those that were shown and have no crowd any more. They keep their ids.
    pub vanished: Vec<MomentId>,
}

/// A group that is high enough to be a moment.
struct Candidate {
    group: Group,
    range: (u32, u32),
    excess: u64,
    /// Whether a person made this range a moment.
    is_exact: bool,
    /// Whether a person said that it starts there.
    is_start_set: bool,
    /// Whether a person did something to it.
    is_wanted: bool,
    /// Whether it is only what rises towards a border that a person set.
    is_flank: bool,
    /// Whether it is only what rises, in a range that a person joined, towards the crowds beside that.
    is_silent: bool,
    /// Which of the stored moments it is.
    stored: Option<usize>,
}

/// Gives ids to the groups of a curve. Pinned moments first, then old anchors to peaks, one to one and nearest first.
///
/// Depends on nothing but its arguments: processes that read the same rows find the same.
pub fn fold<'a>(
    crowd: impl Into<Crowd<'a>>,
    edits: &[RangeEdit],
    stored: &[StoredMoment],
    thresholds: Thresholds,
) -> Fold {
    let crowd = crowd.into();
    let cells = crowd.found;
    let mut boundaries = Boundaries::new(edits);
    let pinned = stored.iter().filter(|moment| moment.is_pinned);
    let anchors: Vec<u32> = pinned.map(|moment| moment.anchor).collect();
    let prompt = without_late(cells, boundaries.splits());
    boundaries.part_pinned(&prompt, &anchors);
    let silent = part_beside_joins(crowd, &prompt, stored, &mut boundaries);
    let Groups { groups, borders } = peaks::groups_by(&prompt, cells, &boundaries);
    let mut candidates: Vec<Option<Candidate>> = groups
        .iter()
        .map(|group| {
            let crowd = (crowd, prompt.as_slice());
            Candidate::new(crowd, group, &boundaries, &anchors, &silent, thresholds)
        })
        .collect();
    let is_known = assign(cells, &mut candidates, stored, &boundaries);
    join_shallow(
        crowd,
        &groups,
        &borders,
        &boundaries,
        thresholds,
        &mut candidates,
    );
    let mut fold = Fold::default();
    let found = candidates.iter().flatten();
    let found = found.filter_map(|candidate| candidate.found(cells, stored, thresholds));
    fold.moments.extend(found);
    let unknown = stored.iter().zip(&is_known).filter(|(_, known)| !**known);
    let mut alone = Vec::new();
    for (moment, _) in unknown {
        let holds = |found: &&FoundMoment| (found.start..=found.end).contains(&moment.anchor);
        match fold.moments.iter().find(holds).and_then(|found| found.id) {
            _ if moment.is_pinned => alone.push(moment.without_crowd(cells)),
            Some(into) => fold.absorbed.push(Absorbed {
                id: moment.id,
                into,
            }),
            None if moment.is_shown => fold.vanished.push(moment.id),
            None => {}
        }
    }
    fold.moments.extend(alone);
    fold.moments
        .sort_by_key(|found| (found.peak, found.anchor, found.id));
    fold
}

impl StoredMoment {
    /// Its anchor, or the peak that has wandered from it; never another one's anchor, nor what a person chose.
    fn follows(&self, peak: u32, all: &[Self]) -> u32 {
        let has_wandered = !self.is_pinned && self.anchor.abs_diff(peak) > FOLLOWS;
        if has_wandered && all.iter().all(|other| other.anchor != peak) {
            return peak;
        }
        self.anchor
    }

    /// What is left of a pinned moment whose presses are all gone.
    fn without_crowd(&self, cells: &[u64]) -> FoundMoment {
        FoundMoment {
            id: Some(self.id),
            anchor: self.anchor,
            start: self.anchor,
            peak: self.anchor,
            end: self.anchor,
            is_start_set: false,
            height: cells.get(self.anchor as usize).copied().unwrap_or(0),
            excess: 0,
            is_shown: true,
            is_of_people: true,
        }
    }
}

impl Candidate {
    /// A group that exceeds the background enough for a moment to stay, or has a pinned anchor, or is a person's range.
    /// `prompt` is the curve less what late viewers add to it.
    fn new(
        (crowd, prompt): (Crowd, &[u64]),
        group: &Group,
        boundaries: &Boundaries,
        pinned: &[u32],
        silent: &[Span],
        thresholds: Thresholds,
    ) -> Option<Self> {
        let cells = crowd.found;
        let is_exact = boundaries.is_exact((group.first, group.last));
        let mut pinned = pinned
            .iter()
            .filter(|anchor| (group.first..=group.last).contains(anchor))
            .peekable();
        if group.height <= thresholds.keeps && !is_exact && pinned.peek().is_none() {
            return None;
        }
        let range = crowd.range_of(group, boundaries);
        let is_wanted = is_exact || pinned.any(|anchor| reaches(cells, group, range, *anchor));
        let excess = rank::excess(cells, group.peak, group.height);
        (excess > thresholds.keeps || is_wanted).then(|| Self {
            group: *group,
            range,
            excess,
            is_exact,
            is_start_set: boundaries.is_start_set(range),
            is_wanted,
            is_flank: is_flank(cells, prompt, group, boundaries),
            is_silent: silent
                .iter()
                .any(|join| (join.0..=join.1).contains(&group.peak)),
            stored: None,
        })
    }

    /// Whether it is a moment whatever is beside it.
    fn is_moment(&self, thresholds: Thresholds) -> bool {
        self.stored.is_some()
            || self.is_wanted
            || (self.excess >= thresholds.from && !self.is_flank)
    }

    fn holds(&self, second: u32) -> bool {
        (self.range.0..=self.range.1).contains(&second)
    }

    /// The moment that it is, or a new one where its crowd is large enough.
    fn found(
        &self,
        cells: &[u64],
        all: &[StoredMoment],
        thresholds: Thresholds,
    ) -> Option<FoundMoment> {
        let stored = self.stored.map(|at| all[at]);
        if let Some(moment) = stored.filter(|_| self.is_silent) {
            let (start, end) = self.range;
            let alone = moment.without_crowd(cells);
            return Some(FoundMoment {
                start,
                end,
                ..alone
            });
        }
        let is_crowd = self.excess >= thresholds.from;
        let is_shown = match stored {
            Some(moment) => moment.is_pinned || moment.is_shown || is_crowd,
            None => self.is_exact || (is_crowd && !self.is_flank),
        };
        if !is_shown && stored.is_none() {
            return None;
        }
        Some(FoundMoment {
            id: stored.map(|moment| moment.id),
            anchor: stored.map_or(self.group.peak, |moment| {
                moment.follows(self.group.peak, all)
            }),
            start: self.range.0,
            peak: self.group.peak,
            end: self.range.1,
            is_start_set: self.is_start_set,
            height: self.group.height,
            excess: self.excess,
            is_shown,
            is_of_people: self.is_exact || stored.is_some_and(|moment| moment.is_pinned),
        })
    }
}

/// Gives each stored moment its candidate, and tells which have one.
fn assign(
    cells: &[u64],
    candidates: &mut [Option<Candidate>],
    stored: &[StoredMoment],
    boundaries: &Boundaries,
) -> Vec<bool> {
    // How well a stored moment fits a candidate: less is better, and the ids break ties.
    let mut fits = Vec::new();
    let mut by_anchor: Vec<usize> = (0..stored.len()).collect();
    by_anchor.sort_unstable_by_key(|&which| stored[which].anchor);
    for (at, candidate) in candidates.iter().enumerate() {
        let Some(candidate) = candidate else { continue };
        let peak = candidate.group.peak;
        let Group { first, last, .. } = candidate.group;
        let first = first.min(peak.saturating_sub(NEAR));
        let last = last.max(peak + NEAR);
        let begin = by_anchor.partition_point(|&which| stored[which].anchor < first);
        let near = by_anchor[begin..]
            .iter()
            .map(|&which| (which, &stored[which]));
        for (which, moment) in near.take_while(|(_, moment)| moment.anchor <= last) {
            let distance = moment.anchor.abs_diff(peak);
            let is_near = distance <= NEAR && !boundaries.parts(moment.anchor, peak);
            // Where a person put it, and no other peak that is near: a wall or a join may stand between.
            let is_own = moment.is_pinned
                && reaches(cells, &candidate.group, candidate.range, moment.anchor);
            if is_near || is_own || candidate.holds(moment.anchor) {
                let order = (
                    !moment.is_pinned,
                    !is_own,
                    !is_near,
                    distance,
                    moment.anchor,
                    moment.id,
                );
                fits.push((order, which, at));
            }
        }
    }
    fits.sort_unstable();
    let mut is_known = vec![false; stored.len()];
    for (_, which, at) in fits {
        if let Some(candidate) = &mut candidates[at]
            && candidate.stored.is_none()
            && !is_known[which]
        {
            candidate.stored = Some(which);
            is_known[which] = true;
        }
    }
    is_known
}

/// Leaves a peak to the moment beside it where the valley between them is shallow: one that has no crowd of its own, and next
/// to a known moment any new one. It takes more to split a moment than to stay apart, so that ids don't flicker.
fn join_shallow(
    crowd: Crowd,
    groups: &[Group],
    borders: &[Border],
    boundaries: &Boundaries,
    thresholds: Thresholds,
    candidates: &mut [Option<Candidate>],
) {
    for (left, border) in borders.iter().enumerate() {
        let &Border::Valley {
            lower,
            splits: false,
        } = border
        else {
            continue;
        };
        let other = match lower {
            at if at == left => left + 1,
            at if at == left + 1 => left,
            _ => continue,
        };
        let of = |at: usize| candidates[at].as_ref();
        let is_known = of(other).is_some_and(|other| other.stored.is_some());
        let is_moment = of(other).is_some_and(|other| other.is_moment(thresholds));
        let stays = of(lower).is_some_and(|own| {
            let is_own = own.stored.is_some() || own.is_wanted;
            is_own || (own.is_moment(thresholds) && !is_known)
        });
        if is_moment
            && groups[lower].top <= groups[other].top
            && !stays
            && let Some(moment) = &mut candidates[other]
        {
            moment.group.first = moment.group.first.min(groups[lower].first);
            moment.group.last = moment.group.last.max(groups[lower].last);
            moment.range = crowd.range_of(&moment.group, boundaries);
            candidates[lower] = None;
        }
    }
}

#[cfg(test)]
mod tests;
