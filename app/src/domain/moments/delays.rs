//! How late each visitor presses: the delay of their stream and their reaction, learnt from their presses near moments.

use super::{
    crowd_curve::{CrowdCurve, VisitorIndex, VisitorMap},
    kernel::Kernel,
    moment::LAST_SECOND,
};

/// Which presses belong to a moment, in seconds to each side of its peak.
const NEAR: u32 = 20;

/// How many presses a visitor's mean is drawn towards 0 by.
const PRIOR: i64 = 2;

/// A visitor with more presses in the session isn't asked: who presses all the time presses for no reason.
const TOO_MANY: u32 = 60;

/// Delays are counted in this part of a second until they are rounded.
const PARTS: i64 = 256;

/// What is known of the visitors' presses near moments.
#[derive(Clone, Debug, Default)]
pub struct Lateness(VisitorMap<Lags>);

#[derive(Clone, Copy, Debug, Default)]
struct Lags {
    presses: u32,
    near: i64,
    /// Seconds after the peaks, summed up.
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

    /// Takes in all presses of a segment, and its sorted peaks.
    pub fn add_all(&mut self, curve: &CrowdCurve, peaks: &[u32]) {
        for (visitor, _, rows) in curve.presses() {
            for &(offset, _) in rows {
                self.add(visitor, offset, peaks);
            }
        }
    }

    /// Takes in a press and the sorted peaks of its segment.
    pub fn add(&mut self, visitor: VisitorIndex, offset: u32, peaks: &[u32]) {
        let lags = self.0.entry(visitor).or_default();
        lags.presses += 1;
        let after = peaks.partition_point(|&peak| peak <= offset);
        let beside = peaks[..after].last().into_iter().chain(peaks.get(after));
        let nearest = beside.min_by_key(|peak| peak.abs_diff(offset));
        if let Some(&peak) = nearest.filter(|peak| peak.abs_diff(offset) <= NEAR) {
            lags.near += 1;
            lags.sum += i64::from(offset) - i64::from(peak);
        }
    }

    /// Each visitor's delay `Σ (t - peak) / (n + 2)`, less the median of all, in whole seconds. It says how much later than
    /// others a visitor presses: what all have in common stays, and is the session's lead.
    pub fn delays(&self) -> Delays {
        let asked = self.0.iter();
        let asked = asked.filter(|(_, lags)| lags.near > 0 && lags.presses <= TOO_MANY);
        let own: Vec<(VisitorIndex, i64)> = asked
            .map(|(&visitor, lags)| (visitor, PARTS * lags.sum / (lags.near + PRIOR)))
            .collect();
        let mut sorted: Vec<i64> = own.iter().map(|&(_, delay)| delay).collect();
        sorted.sort_unstable();
        let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
        let seconds = |delay: i64| (2 * (delay - median) + PARTS).div_euclid(2 * PARTS);
        let delays = own.into_iter();
        Delays(
            delays
                .map(|(visitor, delay)| (visitor, seconds(delay)))
                .collect(),
        )
    }
}

/// How many seconds later than others each visitor presses. It never leaves the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delays(VisitorMap<i64>);

impl Delays {
    /// The sharp curve of the same presses, every one put back by its visitor's delay.
    pub fn put_back(&self, curve: &CrowdCurve) -> CrowdCurve {
        let mut sharp = CrowdCurve::new(Kernel::SHARP);
        for (visitor, weight, rows) in curve.presses() {
            for &(offset, id) in rows {
                let offset = self.corrected(visitor, offset).min(LAST_SECOND);
                sharp.insert(visitor, offset, id, weight);
            }
        }
        sharp
    }

    /// Where a press would lie if its visitor were as late as others are, in seconds.
    pub fn corrected(&self, visitor: VisitorIndex, offset: u32) -> u32 {
        let delay = self.0.get(&visitor).copied().unwrap_or(0);
        u32::try_from((i64::from(offset) - delay).max(0)).unwrap_or(offset)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// Visitors 0, 1, 2, … who are 0, 3, 6, … seconds late at each of ten peaks.
    fn lateness(visitors: u32) -> Lateness {
        let peaks: Vec<u32> = (1..=10).map(|peak| peak * 100).collect();
        let mut lateness = Lateness::default();
        for visitor in 0..visitors {
            for peak in &peaks {
                lateness.add(VisitorIndex(visitor), peak + 3 * visitor, &peaks);
            }
        }
        lateness
    }

    #[test]
    fn who_is_always_late_is_put_back_and_who_is_early_forward() {
        let delays = lateness(5).delays();
        assert_eq!(delays.corrected(VisitorIndex(2), 106), 106);
        assert_eq!(delays.corrected(VisitorIndex(4), 112), 107);
        assert_eq!(delays.corrected(VisitorIndex(0), 100), 105);
        assert_eq!(delays.corrected(VisitorIndex(4), 2), 0);
    }

    #[test]
    fn who_presses_all_the_time_or_never_near_a_moment_is_left_alone() {
        let mut lateness = lateness(5);
        for second in 0..61 {
            lateness.add(VisitorIndex(8), 119, &[100]);
            lateness.add(VisitorIndex(9), 5_000 + second, &[100]);
        }
        let delays = lateness.delays();
        assert_eq!(delays.corrected(VisitorIndex(8), 119), 119);
        assert_eq!(delays.corrected(VisitorIndex(9), 5_000), 5_000);
    }

    proptest! {
        /// The formula, read aloud.
        #[test]
        fn a_delay_is_the_mean_near_peaks_drawn_towards_none_less_the_median_of_all(
            visitors in prop::collection::vec(prop::collection::vec(100_u32..400, 0..64), 1..6),
            peaks in prop::collection::btree_set(100_u32..400, 0..5),
        ) {
            let peaks: Vec<u32> = peaks.into_iter().collect();
            let lag = |press: &u32| {
                let lags = peaks.iter().map(|peak| i64::from(*press) - i64::from(*peak));
                lags.min_by_key(|lag| lag.abs()).filter(|lag| lag.abs() <= 20)
            };
            let mut lateness = Lateness::default();
            let mut own = BTreeMap::new();
            for (visitor, presses) in (0..).map(VisitorIndex).zip(&visitors) {
                for press in presses {
                    lateness.add(visitor, *press, &peaks);
                }
                let near: Vec<i64> = presses.iter().filter_map(lag).collect();
                if presses.len() <= 60 && !near.is_empty() {
                    let counted = i64::try_from(near.len()).unwrap() + 2;
                    own.insert(visitor, 256 * near.iter().sum::<i64>() / counted);
                }
            }
            let mut sorted: Vec<i64> = own.values().copied().collect();
            sorted.sort_unstable();
            let delays = lateness.delays();
            for (visitor, _) in (0..).map(VisitorIndex).zip(&visitors) {
                let later = own.get(&visitor).map_or(0, |own| own - sorted[sorted.len() / 2]);
                let corrected = i64::from(delays.corrected(visitor, 1_000));
                prop_assert_eq!(corrected, 1_000 - (later + 128).div_euclid(256));
            }
        }
    }
}
