//! How far a peak stands above the background, which is its rank, and from where on it is shown.

use super::kernel::ONE_VISITOR;

/// How many seconds to each side are the background of a peak.
const AROUND: u32 = 300;

/// Of those, every so many seconds are looked at: the curve is smooth.
const STEP: u32 = 5;

/// The background is the height that this share of the seconds stays below: 40 %.
const QUANTILE: (usize, usize) = (2, 5);

/// How far a height at a second exceeds the background: the 40 % quantile of the curve over the 300 s to each side, as far as
/// the segment has presses. In 1/65,536 of a visitor.
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
    let Some(around) = around.get_mut(..count).filter(|_| count > 0) else {
        return height;
    };
    let at = (count - 1) * QUANTILE.0 / QUANTILE.1;
    let (_, background, _) = around.select_nth_unstable(at);
    height.saturating_sub(*background)
}

/// From which excess on a moment is shown, and down to which it stays: both in 1/65,536 of a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// A new moment has at least this.
    pub from: u64,
    /// A moment that is shown has more than this.
    pub keeps: u64,
}

impl Thresholds {
    /// What an audience deserves: `max(2, min(5, audience / 50))` visitors, and two fifths of it to stay (2 of 5). In a small
    /// audience the share is the same, so that one press more or less never hides what another has just shown.
    ///
    /// The audience is how many distinct visitors have pressed in the session so far.
    pub fn of(audience: u32) -> Self {
        let from = (u64::from(audience) * ONE_VISITOR / 50).clamp(2 * ONE_VISITOR, 5 * ONE_VISITOR);
        Self {
            from,
            keeps: from * 2 / 5,
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
    fn small_audiences_need_two_visitors_and_large_ones_five() {
        let from = |audience| Thresholds::of(audience).from / ONE_VISITOR;
        assert_eq!([0, 100, 150, 250, 100_000].map(from), [2, 2, 3, 5, 5]);
        assert_eq!(Thresholds::of(1_000).keeps, 2 * ONE_VISITOR);
    }

    proptest! {
        #[test]
        fn one_press_never_hides_what_one_press_has_shown(audience in 0_u32..1_000_000) {
            let Thresholds { from, keeps } = Thresholds::of(audience);
            prop_assert!(from - keeps > ONE_VISITOR);
        }
    }
}
