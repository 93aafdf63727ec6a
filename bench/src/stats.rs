//! Medians and ranges of a few runs, and a histogram of many latencies.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// This for each one of so many.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub(crate) fn per(whole: u64, many: u64) -> f64 {
    whole as f64 / many as f64
}

/// What several runs of the same measured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample(Vec<f64>);

impl Sample {
    /// Adds one run.
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The middle one; the mean of the two middle ones where they are even; not a number where there is none.
    pub(crate) fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let half = sorted.len() / 2;
        match sorted.len() {
            0 => f64::NAN,
            odd if odd % 2 == 1 => sorted[half],
            _ => f64::midpoint(sorted[half - 1], sorted[half]),
        }
    }

    /// The highest one; nothing is less than it where there is none.
    pub(crate) fn highest(&self) -> f64 {
        self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }

    /// Run by run, this one and another.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        let runs = self.0.iter().zip(&other.0);
        Self(runs.map(|(one, other)| one + other).collect())
    }

    /// Pair by pair, this one over the other: a machine that slows down between pairs slows both halves of one.
    pub(crate) fn over(&self, other: &Self) -> Self {
        let pairs = self.0.iter().zip(&other.0);
        Self(pairs.map(|(own, peer)| own / peer).collect())
    }
}

impl FromIterator<f64> for Sample {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

/// `median (lowest to highest)`, with as many digits as the size deserves; a dash where nothing was measured.
impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.median().is_nan() {
            return f.write_str("-");
        }
        let lowest = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = self.highest();
        let digits = match self.median().abs() {
            small if small < 10.0 => 2,
            middle if middle < 100.0 => 1,
            _ => 0,
        };
        write!(
            f,
            "{:.digits$} ({lowest:.digits$} to {highest:.digits$})",
            self.median()
        )
    }
}

/// How finely each doubling of a latency is divided: 32 steps, so that a percentile is told to 3 %.
const STEPS: u64 = 32;
/// Doublings of a microsecond: up to an hour.
const DOUBLINGS: u64 = 32;

/// Latencies from a microsecond to an hour, counted by many tasks at once.
pub(crate) struct Histogram(Vec<AtomicU64>);

impl Histogram {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let slots = STEPS * DOUBLINGS;
        Self((0..slots).map(|_| AtomicU64::new(0)).collect())
    }

    /// Counts one latency.
    pub(crate) fn record(&self, microseconds: u64) {
        let slot = slot(microseconds).min(self.0.len() - 1);
        self.0[slot].fetch_add(1, Ordering::Relaxed);
    }

    /// How many were counted.
    pub(crate) fn count(&self) -> u64 {
        self.0.iter().map(|slot| slot.load(Ordering::Relaxed)).sum()
    }

    /// The latency below which this share of them lies; zero where there are none.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            clippy::cast_possible_truncation,
            reason = "counts are far below 2^52"
        )]
        let wanted = (self.count() as f64 * share).ceil() as u64;
        let mut seen = 0;
        for (index, slot) in self.0.iter().enumerate() {
            seen += slot.load(Ordering::Relaxed);
            if seen >= wanted && seen > 0 {
                return Duration::from_micros(upper(index as u64));
            }
        }
        Duration::ZERO
    }

    /// Counts all of another histogram.
    pub(crate) fn add(&self, other: &Self) {
        for (slot, others) in self.0.iter().zip(&other.0) {
            slot.fetch_add(others.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }

    /// `quantile` in milliseconds.
    pub(crate) fn milliseconds(&self, share: f64) -> f64 {
        self.quantile(share).as_secs_f64() * 1e3
    }

    /// Starts over.
    pub(crate) fn clear(&self) {
        for slot in &self.0 {
            slot.store(0, Ordering::Relaxed);
        }
    }
}

/// Below `STEPS` one slot a microsecond; above, `STEPS` slots a doubling.
fn slot(value: u64) -> usize {
    let slot = if value < STEPS {
        value
    } else {
        let shift = u64::from(value.ilog2() - STEPS.ilog2());
        (shift + 1) * STEPS + (value >> shift) - STEPS
    };
    usize::try_from(slot).unwrap_or(usize::MAX)
}

/// The largest value of a slot.
fn upper(slot: u64) -> u64 {
    if slot < STEPS {
        return slot;
    }
    let shift = slot / STEPS - 1;
    (((slot % STEPS) + STEPS + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_latency_lies_in_its_slot() {
        for value in (0..5_000).chain([65_535, 65_536, 1_000_000, 3_600_000_000]) {
            let top = upper(slot(value) as u64);
            assert!(value <= top && top <= value + value / 32 + 1, "{value}");
        }
    }

    #[test]
    fn a_quantile_is_told_to_three_per_cent() {
        let histogram = Histogram::new();
        for value in 1..=1_000 {
            histogram.record(value * 100);
        }
        let p99 = histogram.milliseconds(0.99);
        assert!((99.0..=102.1).contains(&p99), "{p99}");
    }

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        let sample: Sample = [4.0, 1.0, 3.0, 2.0].into_iter().collect();
        assert_eq!(sample.to_string(), "2.50 (1.00 to 4.00)");
    }
}
