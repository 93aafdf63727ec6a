//! The peaks of a curve by 0-dimensional persistence of its superlevel sets, and the groups of seconds around them.

use super::boundaries::Boundaries;

/// A share of a height.
#[derive(Clone, Copy)]
struct Share(u64, u64);

impl Share {
    fn reaches(self, valley: u64, peak: u64) -> bool {
        valley * self.1 <= peak * self.0
    }
}

/// A lower peak lives when the valley to its higher neighbour is at most this share of its height (rho).
const LIVES: Share = Share(4, 5);

/// What it takes to part a moment that is known already: less than [`LIVES`], so that ids don't flicker.
const SPLITS: Share = Share(3, 4);

/// A range ends where the curve falls below the peak divided by this.
const FOOT: u64 = 4;

/// What stands between two groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// A person's act.
    Wall,
    /// A valley.
    Valley {
        /// Which group ends its life there as one with its higher neighbour: an index among the groups.
        lower: usize,
        /// Whether it is deep enough to part a moment that is known already.
        splits: bool,
    },
}

/// A peak and the seconds that are its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The second of the peak: the middle of its plateau.
    pub peak: u32,
    /// The curve at the peak, in 1/65,536 of a visitor.
    pub height: u64,
    /// The highest peak of the curve whose valleys part it, in the same unit.
    pub top: u64,
    /// The first second between the borders.
    pub first: u32,
    /// The last second between the borders.
    pub last: u32,
}

/// The groups of a curve in order of time, and what stands behind each: one border fewer than groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// In order of time.
    pub groups: Vec<Group>,
    /// `borders[i]` is between groups `i` and `i + 1`.
    pub borders: Vec<Border>,
}

/// A local maximum and the seconds down to the valleys beside it.
pub(super) struct Basin {
    pub(super) peak: u32,
    height: u64,
    pub(super) first: u32,
    pub(super) last: u32,
    /// What is behind it: nothing before a wall.
    pub(super) valley: Option<Valley>,
}

/// Between two local maxima.
#[derive(Clone, Copy)]
pub(super) struct Valley {
    pub(super) height: u64,
    /// Whether a person joined what is beside it.
    is_joined: bool,
}

/// Groups a curve: a pure function of its cells and of what people did.
///
/// Equal to ToMATo (Chazal, Guibas, Oudot, Skraba, J. ACM 2013) on the path graph of the seconds with the logarithm of the
/// curve and the threshold `log(5/4)`: a share of the height is a difference of logarithms. Linear but for the sorting of the
/// valleys, of which there are few, since the kernel is smooth.
pub fn groups(cells: &[u64], boundaries: &Boundaries) -> Groups {
    groups_by(cells, cells, boundaries)
}

/// Groups a curve by the valleys of another one. Of a group's peaks there, its own is the one at which the curve is highest.
pub fn groups_by(shape: &[u64], cells: &[u64], boundaries: &Boundaries) -> Groups {
    let basins = basins(shape, boundaries);
    let height = |at: usize| {
        let cell = cells.get(basins[at].peak as usize);
        cell.copied().unwrap_or(0)
    };
    let lower = dying(&basins);
    let mut found = Groups::default();
    let mut group_of = vec![0; basins.len()];
    let mut begin = 0;
    for (at, basin) in basins.iter().enumerate() {
        group_of[at] = found.groups.len();
        let border = match (basin.valley, lower[at]) {
            (Some(valley), Some(lower)) => {
                let peak = basins[lower].height;
                if valley.is_joined || !LIVES.reaches(valley.height, peak) {
                    continue;
                }
                let splits = SPLITS.reaches(valley.height, peak);
                Border::Valley { lower, splits }
            }
            _ => Border::Wall,
        };
        let mut top = at;
        for member in (begin..at).rev() {
            if height(member) >= height(top) {
                top = member;
            }
        }
        found.groups.push(Group {
            peak: basins[top].peak,
            height: height(top),
            top: basins[begin..=at]
                .iter()
                .map(|own| own.height)
                .max()
                .unwrap_or(0),
            first: basins[begin].first,
            last: basin.last,
        });
        found.borders.push(border);
        begin = at + 1;
    }
    found.borders.pop();
    for border in &mut found.borders {
        if let Border::Valley { lower, .. } = border {
            *lower = group_of[*lower];
        }
    }
    found
}

/// The local maxima in order of time. A stretch between two walls without a press has none, unless a person made it a moment.
pub(super) fn basins(cells: &[u64], boundaries: &Boundaries) -> Vec<Basin> {
    let mut basins = Vec::new();
    let mut first = 0;
    let length = u32::try_from(cells.len()).unwrap_or(u32::MAX);
    // Behind the last press, too, the silence that a person joined with a crowd belongs to that crowd.
    let joined = boundaries.joins().filter(|join| join.0 < length);
    let people = joined.chain(boundaries.exact());
    let end = people.map(|(_, last)| last + 1).max();
    let end = end.unwrap_or(0).max(length);
    let walls = boundaries.walls().filter(|&wall| 0 < wall && wall < end);
    for wall in walls.chain([end]) {
        let known = basins.len();
        stretch(cells, first, wall.min(length), &mut basins);
        if basins.len() > known {
            if let Some(basin) = basins.last_mut() {
                basin.last = wall - 1;
            }
        } else if wall > first && boundaries.is_exact((first, wall - 1)) {
            basins.push(Basin {
                peak: first.midpoint(wall - 1),
                height: 0,
                first,
                last: wall - 1,
                valley: None,
            });
        }
        first = wall;
    }
    for basin in &mut basins {
        if let Some(valley) = &mut basin.valley {
            valley.is_joined = boundaries.joins_over(basin.last, basin.last + 1);
        }
    }
    basins
}

/// Finds the local maxima from `first` to before `end`.
fn stretch(cells: &[u64], first: u32, end: u32, basins: &mut Vec<Basin>) {
    let Some(own) = cells.get(first as usize..end as usize) else {
        return;
    };
    let Some(&(mut before)) = own.first() else {
        return;
    };
    let mut is_rising = true;
    // Where the plateau before the present second, and where the present basin begin.
    let (mut plateau, mut basin) = (first, first);
    let maximum = |height, plateau: u32, last: u32, basin| Basin {
        peak: plateau.midpoint(last),
        height,
        first: basin,
        last: end - 1,
        valley: None,
    };
    for (second, &cell) in (first..end).zip(own) {
        if cell == before {
            continue;
        }
        if cell > before && !is_rising {
            let last = plateau.midpoint(second - 1);
            if let Some(left) = basins.last_mut() {
                left.last = last;
                left.valley = Some(Valley {
                    height: before,
                    is_joined: false,
                });
            }
            basin = last + 1;
            is_rising = true;
        } else if cell < before && is_rising {
            basins.push(maximum(before, plateau, second - 1, basin));
            is_rising = false;
        }
        plateau = second;
        before = cell;
    }
    if is_rising && before > 0 {
        basins.push(maximum(before, plateau, end - 1, basin));
    }
}

/// For each valley, which local maximum ends its life there as one with a higher neighbour: the superlevel sets grow together
/// from the highest valley down, and of two the one with the lower top ends (of equal ones the later).
fn dying(basins: &[Basin]) -> Vec<Option<usize>> {
    let mut dying = vec![None; basins.len()];
    let mut valleys: Vec<(bool, u64, usize)> = basins
        .iter()
        .enumerate()
        .filter_map(|(at, basin)| {
            let valley = basin.valley?;
            Some((!valley.is_joined, u64::MAX - valley.height, at))
        })
        .collect();
    valleys.sort_unstable();
    // Of each run of basins that are one: where it ends is known at its first, where it begins at its last.
    let mut ends: Vec<usize> = (0..basins.len()).collect();
    let mut begins = ends.clone();
    let mut tops = ends.clone();
    for (_, _, at) in valleys {
        let (left, right) = (begins[at], ends[at + 1]);
        // The top of a run is kept at both of its ends.
        let (one, other) = (tops[at], tops[at + 1]);
        let (top, lower) = if basins[other].height > basins[one].height {
            (other, one)
        } else {
            (one, other)
        };
        dying[at] = Some(lower);
        ends[left] = right;
        begins[right] = left;
        tops[left] = top;
        tops[right] = top;
    }
    dying
}

/// The seconds of a group: from its peak to its borders, or to where the curve falls below a quarter of the peak; with all
/// that a person joined to it, and exactly what a person set.
pub fn range_of(cells: &[u64], group: &Group, boundaries: &Boundaries) -> (u32, u32) {
    let own = (group.first, group.last);
    if boundaries.is_exact(own) {
        return own;
    }
    let belongs = |second: &u32| {
        let cell = cells.get(*second as usize).copied().unwrap_or(0);
        cell > 0 && cell * FOOT >= group.height
    };
    let start = (group.first..=group.peak).rev().take_while(belongs).last();
    let end = (group.peak..=group.last).take_while(belongs).last();
    let mut range = (start.unwrap_or(group.peak), end.unwrap_or(group.peak));
    for (start, end) in boundaries.joins_touching(group.first, group.last) {
        range.0 = range.0.min(start.max(group.first));
        range.1 = range.1.max(end.min(group.last));
    }
    range
}

#[cfg(test)]
mod tests;
