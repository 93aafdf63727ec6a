//! How far a peak stands above the background, which is its rank, and from where on it is shown.

use super::{boundaries::Boundaries, kernel::ONE_VISITOR, peaks};

/// How many seconds to each side are the background of a peak.
const AROUND: u32 = 300;

/// Of those, every so many seconds are looked at: the curve is smooth.
const STEP: u32 = 5;

/// The background is the height that this share of the seconds stays below: 40 %.
const QUANTILE: (usize, usize) = (2, 5);

/// How many of these are known at least. Where a segment has just begun, there are fewer: nobody pressed before it began, and its
/// first crowd must not be its own background.
const LEAST: usize = (AROUND / STEP) as usize;

/// How far a height at a second exceeds the background: the 40 % quantile of the curve over the 300 s to each side, as far as
/// the segment has presses, and with the silence before it if that is less than 300 s in all. In 1/65,536 of a visitor.
pub fn excess(cells: &[u64], second: u32, height: u64) -> u64 {
    let first = second.saturating_sub(AROUND).next_multiple_of(STEP) as usize;
    let last = (second.saturating_add(AROUND) as usize).min(cells.len().saturating_sub(1));
    let mut around = [0; (2 * AROUND / STEP + 1) as usize];
    let mut count = 0;
    let seconds = (first..=last).step_by(STEP as usize);
    for (place, at) in around.iter_mut().zip(seconds) {
        *place = cells.get(at).copied().unwrap_or(0);
        count += 1;
    }
    let count = count.max(LEAST);
    let Some(around) = around.get_mut(..count) else {
        return height;
    };
    let at = (count - 1) * QUANTILE.0 / QUANTILE.1;
    let (_, background, _) = around.select_nth_unstable(at);
    height.saturating_sub(*background)
}

/// A peak that stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Top {
    /// Its second.
    pub peak: u32,
    /// The height of the background around it, in 1/65,536 of a visitor.
    pub background: u64,
}

/// The peaks that stand out enough for an audience, in order of time; nobody's acts and no ids are asked for. Delays are learnt
/// from these: two peaks of which one stands on the late presses of the other would leave it open which one those are for.
pub fn tops(cells: &[u64], thresholds: Thresholds) -> Vec<Top> {
    let groups = peaks::groups(cells, &Boundaries::default()).groups;
    let high = groups
        .iter()
        .filter(|group| group.height >= thresholds.from);
    let tops = high.filter_map(|group| {
        let excess = excess(cells, group.peak, group.height);
        (excess >= thresholds.from).then_some(Top {
            peak: group.peak,
            background: group.height - excess,
        })
    });
    tops.collect()
}

/// The height of two visitors 7.6 s apart: `2 exp(-(3.8 / 5)² / 2)`.
const LEAST_HEIGHT: u64 = 3 * ONE_VISITOR / 2;

/// How much more than one visitor lies between showing and hiding a moment.
const SLACK: u64 = ONE_VISITOR / 10;

/// From which excess on a moment is shown, and down to which it stays: both in 1/65,536 of a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// A new moment has at least this.
    pub from: u64,
    /// A moment that is shown has more than this.
    pub keeps: u64,
}

impl Thresholds {
    /// What an audience deserves: `max(1.5, min(5, audience / 50))` visitors. The least one stands for two visitors, who reach
    /// the height of two only within the same second: it is that of two who press within 7 s.
    ///
    /// What is shown stays above two fifths of that (2 of 5), and until it is 1.1 visitors lower: one press more or less never
    /// hides what another has just shown. The audience is what the visitors of the session weigh whose presses count
    /// ([`super::session_moments::SessionMoments::audience`]).
    pub fn of(audience: u32) -> Self {
        let from = (u64::from(audience) * ONE_VISITOR / 50).clamp(LEAST_HEIGHT, 5 * ONE_VISITOR);
        Self {
            from,
            keeps: (from * 2 / 5).min(from - ONE_VISITOR - SLACK),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_peak_over_a_crowd_that_always_presses_counts_only_for_what_is_above_it() {
        let mut cells = vec![8 * ONE_VISITOR; 1_000];
        cells[500] = 20 * ONE_VISITOR;
        assert_eq!(excess(&cells, 500, cells[500]), 12 * ONE_VISITOR);
        assert_eq!(excess(&cells, 10, cells[10]), 0);
        assert_eq!(excess(&[], 10, 7), 7);
    }

    #[test]
    fn small_audiences_need_two_visitors_within_seconds_and_large_ones_five() {
        let tenths = |audience| Thresholds::of(audience).from * 10 / ONE_VISITOR;
        assert_eq!(
            [0, 75, 100, 150, 250, 100_000].map(tenths),
            [15, 15, 20, 30, 50, 50]
        );
        assert_eq!(Thresholds::of(1_000).keeps, 2 * ONE_VISITOR);
        let Thresholds { from, keeps } = Thresholds::of(0);
        assert_eq!(from - keeps, ONE_VISITOR + ONE_VISITOR / 10);
    }

    #[test]
    fn delays_are_learnt_from_peaks_that_could_be_new_moments() {
        let thresholds = Thresholds::of(250);
        let mut cells = vec![ONE_VISITOR; 2_000];
        // Above the crowd that always presses.
        cells[500] = 6 * ONE_VISITOR;
        cells[1_500] = 6 * ONE_VISITOR - 1;
        let top = |background| Top {
            peak: 500,
            background,
        };
        assert_eq!(tops(&cells, thresholds), [top(ONE_VISITOR)]);
        let mut cells = vec![0; 2_000];
        cells[500] = 5 * ONE_VISITOR;
        cells[1_500] = 5 * ONE_VISITOR - 1;
        assert_eq!(tops(&cells, thresholds), [top(0)]);
    }

    #[test]
    fn the_first_crowd_of_a_segment_is_not_its_own_background() {
        for first in [3, 40, 200] {
            let mut cells = vec![0; first];
            cells.extend(
                [4, 9, 12, 9, 5, 3, 1, 0]
                    .repeat(3)
                    .iter()
                    .map(|visitors| visitors * ONE_VISITOR),
            );
            let peak = u32::try_from(first + 2).unwrap();
            assert_eq!(excess(&cells, peak, 12 * ONE_VISITOR), 12 * ONE_VISITOR);
        }
    }

    proptest! {
        /// Every fifth second up to 300 s away, and silence where there are fewer than 60 of them.
        #[test]
        fn the_background_is_two_fifths_up_from_the_lowest_around(
            cells in prop::collection::vec(0_u64..1_000, 1..900),
            second in 0_usize..900,
        ) {
            let near = cells.iter().enumerate().step_by(5);
            let near = near.filter(|(at, _)| at.abs_diff(second) <= 300);
            let mut around: Vec<u64> = near.map(|(_, cell)| *cell).collect();
            let silence = 60_usize.saturating_sub(around.len());
            around.extend(std::iter::repeat_n(0, silence));
            around.sort_unstable();
            let background = around[(around.len() - 1) * 2 / 5];
            let found = excess(&cells, u32::try_from(second).unwrap(), 700);
            prop_assert_eq!(found, 700_u64.saturating_sub(background));
        }

        #[test]
        fn one_press_never_hides_what_one_press_has_shown(audience in 0_u32..1_000_000) {
            let Thresholds { from, keeps } = Thresholds::of(audience);
            prop_assert!(from - keeps > ONE_VISITOR);
        }
    }
}
