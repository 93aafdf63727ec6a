//! How late each visitor presses: the delay of their stream and their reaction, learnt from their presses near moments.

use super::{
    crowd_curve::{CrowdCurve, VisitorIndex, VisitorMap},
    kernel::Kernel,
    moment::LAST_SECOND,
    rank::Top,
};

/// Which presses may belong to a moment, in seconds to each side of its peak.
const NEAR: u32 = 25;

/// A visitor with more presses in the session isn't asked: who presses all the time presses for no reason.
const TOO_MANY: u32 = 60;

/// Delays, and the shares of presses in moments, are counted in this part of one until they are rounded.
const PARTS: i64 = 256;

/// How much a visitor's mean is drawn towards 0: as if by one press that is certainly for a moment.
const PRIOR: i64 = PARTS;

/// The visitor whose delay all others are compared with, when they are sorted by it: two fifths up from the promptest. Most people
/// are about as late as that, because delays have their long tail on the late side; with the median, moments would move by the
/// second or two that lie between the two.
const USUAL: (usize, usize) = (2, 5);

/// What is known of the visitors' presses near moments.
#[derive(Clone, Debug, Default)]
pub struct Lateness(VisitorMap<Lags>);

#[derive(Clone, Copy, Debug, Default)]
struct Lags {
    presses: u32,
    /// How many of them are near a moment.
    near: u32,
    /// How likely those are for the moment, in 1/256, summed up.
    shares: i64,
    /// Seconds after the peaks, each multiplied by its share, summed up.
    sum: i64,
}

impl Lateness {
    /// Takes note of a visitor. Whether they were not known yet.
    pub fn meet(&mut self, visitor: VisitorIndex) -> bool {
        let known = self.0.len();
        self.0.entry(visitor).or_default();
        self.0.len() > known
    }

    /// How many visitors are known.
    pub fn visitors(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// Takes in all presses of a segment. The heights and peaks are those of its curve once these delays are put back; they say
    /// which moment a press is for, and how likely that is.
    pub fn add_all(&mut self, curve: &CrowdCurve, delays: &Delays, cells: &[u64], tops: &[Top]) {
        for (visitor, _, rows) in curve.presses() {
            let lags = self.0.entry(visitor).or_default();
            let delay = delays.of(visitor);
            for &(offset, _) in rows {
                lags.add(offset, put_back(offset, delay), cells, tops);
            }
        }
    }

    /// Each visitor's delay `Σ p (t - peak) / (Σ p + 1)`, less the usual one, in whole seconds: of each press near a peak, `p` is
    /// how likely it is for that moment. It says how much later than others a visitor presses: what all have in common stays,
    /// and is the session's lead.
    pub fn delays(&self) -> Delays {
        let asked = self.0.iter();
        let asked = asked.filter(|(_, lags)| lags.near > 0 && lags.presses <= TOO_MANY);
        let own: Vec<(VisitorIndex, i64)> = asked
            .map(|(&visitor, lags)| (visitor, PARTS * lags.sum / (lags.shares + PRIOR)))
            .collect();
        let mut sorted: Vec<i64> = own.iter().map(|&(_, delay)| delay).collect();
        sorted.sort_unstable();
        let usual = sorted.get(sorted.len() * USUAL.0 / USUAL.1);
        let usual = usual.copied().unwrap_or(0);
        let seconds = |delay: i64| (2 * (delay - usual) + PARTS).div_euclid(2 * PARTS);
        let delays = own.into_iter();
        Delays(
            delays
                .map(|(visitor, delay)| (visitor, seconds(delay)))
                .collect(),
        )
    }
}

impl Lags {
    /// Takes in a press, which lies at a second of these heights and sorted peaks.
    fn add(&mut self, offset: u32, second: u32, cells: &[u64], tops: &[Top]) {
        self.presses += 1;
        let after = tops.partition_point(|top| top.peak <= second);
        let beside = tops[..after].last().into_iter().chain(tops.get(after));
        let nearest = beside.min_by_key(|top| top.peak.abs_diff(second));
        if let Some(top) = nearest.filter(|top| top.peak.abs_diff(second) <= NEAR) {
            let height = cells.get(second as usize).copied().unwrap_or(0);
            let share = share(height, top.background);
            self.near += 1;
            self.shares += share;
            self.sum += share * (i64::from(offset) - i64::from(top.peak));
        }
    }
}

/// How likely a press is for the moment and not one of those that come at any time, in 1/256: the share of the curve's height
/// there that lies above the background.
fn share(height: u64, background: u64) -> i64 {
    let above = height.saturating_sub(background);
    // Heights are 65,536 for each visitor, and at most 256 results.
    let share = above * PARTS.unsigned_abs() / height.max(1);
    i64::try_from(share).unwrap_or(PARTS)
}

/// How many seconds later than others each visitor presses. It never leaves the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delays(VisitorMap<i64>);

impl Delays {
    /// The sharp curve of the same presses, every one put back by its visitor's delay.
    pub fn put_back(&self, curve: &CrowdCurve) -> CrowdCurve {
        let mut sharp = CrowdCurve::new(Kernel::SHARP);
        for (visitor, weight, rows) in curve.presses() {
            let delay = self.of(visitor);
            for &(offset, id) in rows {
                sharp.insert(visitor, put_back(offset, delay), id, weight);
            }
        }
        sharp
    }

    fn of(&self, visitor: VisitorIndex) -> i64 {
        self.0.get(&visitor).copied().unwrap_or(0)
    }
}

/// Where a press would lie if its visitor were as late as others are, in seconds.
fn put_back(offset: u32, delay: i64) -> u32 {
    let second = (i64::from(offset) - delay).clamp(0, i64::from(LAST_SECOND));
    u32::try_from(second).unwrap_or(offset)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        moments::{kernel::ONE_VISITOR, weight::Weight},
        timestamp::TimestampId,
    };

    /// The curve of some seconds at which each of visitors 0, 1, 2, … presses.
    fn curve(visitors: &[Vec<u32>]) -> CrowdCurve {
        let mut curve = CrowdCurve::new(Kernel::LIVE);
        let mut ids = (1..).map(|id| TimestampId(Uuid::from_u128(id)));
        for (visitor, seconds) in (0..).map(VisitorIndex).zip(visitors) {
            for (&second, id) in seconds.iter().zip(&mut ids) {
                curve.insert(visitor, second, id, Weight::WHOLE);
            }
        }
        curve
    }

    fn put_back_for(delays: &Delays, visitor: u32, second: u32) -> u32 {
        put_back(second, delays.of(VisitorIndex(visitor)))
    }

    /// What is learnt of visitors 0, 1, … 4, who are 0, 3, … 12 seconds late at each of ten peaks, and of some more: of so much of
    /// the height that lies above the background.
    fn learnt(above: u64, others: &[Vec<u32>]) -> Delays {
        let tops: Vec<Top> = (1..=10)
            .map(|peak| Top {
                peak: peak * 100,
                background: 4 * ONE_VISITOR - above,
            })
            .collect();
        let late = |seconds| tops.iter().map(|top| top.peak + seconds).collect();
        let mut visitors: Vec<Vec<u32>> = (0..5).map(|visitor| late(3 * visitor)).collect();
        visitors.extend_from_slice(others);
        let mut lateness = Lateness::default();
        let cells = vec![4 * ONE_VISITOR; 1_100];
        lateness.add_all(&curve(&visitors), &Delays::default(), &cells, &tops);
        lateness.delays()
    }

    #[test]
    fn who_is_always_late_is_put_back_and_who_is_early_forward() {
        let delays = learnt(4 * ONE_VISITOR, &[]);
        assert_eq!(put_back_for(&delays, 2, 106), 106);
        assert_eq!(put_back_for(&delays, 4, 112), 107);
        assert_eq!(put_back_for(&delays, 0, 100), 105);
        assert_eq!(put_back_for(&delays, 4, 2), 0);
    }

    #[test]
    fn presses_that_may_be_for_nothing_move_less() {
        let put_back = [4, 3, 2, 1, 0].map(|quarters| {
            let delays = learnt(quarters * ONE_VISITOR, &[]);
            put_back_for(&delays, 4, 112)
        });
        // Ten presses, of which a share is for the moments, and one that stands for being as late as all others:
        // 6 s of 10 / 11, 7.5 / 8.5, 5 / 6, 2.5 / 3.5 and 0 / 1.
        assert_eq!(put_back, [107, 107, 107, 108, 112]);
    }

    #[test]
    fn who_presses_all_the_time_or_never_near_a_moment_is_left_alone() {
        let (all_the_time, never_near) = (vec![119; 61], (0..61).map(|second| 5_000 + second));
        let delays = learnt(4 * ONE_VISITOR, &[all_the_time, never_near.collect()]);
        assert_eq!(put_back_for(&delays, 5, 119), 119);
        assert_eq!(put_back_for(&delays, 6, 5_000), 5_000);
        assert_eq!(put_back_for(&delays, 4, 112), 107);
    }

    proptest! {
        /// The formula, read aloud.
        #[test]
        fn a_delay_is_the_mean_near_peaks_by_likelihood_drawn_towards_none_less_the_usual_one(
            visitors in prop::collection::vec(
                (prop::collection::vec(100_u32..400, 0..64), -30_i64..30),
                1..6,
            ),
            tops in prop::collection::btree_map(100_u32..400, 0_u64..1_000, 0..5),
            cells in prop::collection::vec(0_u64..1_000, 0..430),
        ) {
            let (presses, known): (Vec<Vec<u32>>, Vec<i64>) = visitors.into_iter().unzip();
            let known = Delays((0..).map(VisitorIndex).zip(known).collect());
            let tops: Vec<Top> = tops
                .into_iter()
                .map(|(peak, background)| Top { peak, background })
                .collect();
            let mut lateness = Lateness::default();
            lateness.add_all(&curve(&presses), &known, &cells, &tops);

            let mut own = BTreeMap::new();
            for (visitor, presses) in (0..).zip(&presses) {
                let near: Vec<(i64, i64)> = presses
                    .iter()
                    .filter_map(|&press| {
                        let second = put_back_for(&known, visitor, press);
                        let nearest = tops.iter().min_by_key(|top| top.peak.abs_diff(second))?;
                        let height = cells.get(second as usize).copied().unwrap_or(0);
                        let above = height.saturating_sub(nearest.background);
                        let share = i64::try_from(256 * above / height.max(1)).unwrap();
                        let lag = i64::from(press) - i64::from(nearest.peak);
                        (nearest.peak.abs_diff(second) <= 25).then_some((share, lag))
                    })
                    .collect();
                if presses.len() <= 60 && !near.is_empty() {
                    let shares: i64 = near.iter().map(|(share, _)| share).sum();
                    let lags: i64 = near.iter().map(|(share, lag)| share * lag).sum();
                    own.insert(visitor, 256 * lags / (shares + 256));
                }
            }
            let mut sorted: Vec<i64> = own.values().copied().collect();
            sorted.sort_unstable();
            let delays = lateness.delays();
            for (visitor, _) in (0..).zip(&presses) {
                let later = own.get(&visitor).map_or(0, |own| own - sorted[sorted.len() * 2 / 5]);
                let moved = i64::from(put_back_for(&delays, visitor, 1_000));
                prop_assert_eq!(moved, 1_000 - (later + 128).div_euclid(256));
            }
        }
    }
}
