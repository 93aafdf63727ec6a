//! How many of the planted events are among the best-ranked moments, and how far off they are.

/// How far a moment may be from its event to be a hit, in seconds.
const HIT: f64 = 12.0;

/// What a method found in one stream or several.
#[derive(Clone, Debug, Default)]
pub(crate) struct Score {
    hits: usize,
    planted: usize,
    /// In seconds, of the hits.
    errors: Vec<f64>,
}

impl Score {
    /// Compares the best moments, as many as there are events, with the events: one to one, nearest first.
    pub(crate) fn add(&mut self, found: &[f64], wanted: &[f64]) {
        let best = &found[..found.len().min(wanted.len())];
        let mut pairs = Vec::new();
        for (at, found) in best.iter().enumerate() {
            for (which, wanted) in wanted.iter().enumerate() {
                pairs.push(((found - wanted).abs(), at, which));
            }
        }
        pairs.retain(|(error, ..)| *error <= HIT);
        pairs.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (mut used, mut hit) = (vec![false; best.len()], vec![false; wanted.len()]);
        for (error, at, which) in pairs {
            if !used[at] && !hit[which] {
                used[at] = true;
                hit[which] = true;
                self.errors.push(error);
                self.hits += 1;
            }
        }
        self.planted += wanted.len();
    }

    /// The share of the events that were hit.
    pub(crate) fn recall(&self) -> f64 {
        self.hits as f64 / self.planted.max(1) as f64
    }

    /// The error that nine of ten hits stay below, in seconds.
    pub(crate) fn error(&self) -> f64 {
        let mut errors = self.errors.clone();
        errors.sort_by(f64::total_cmp);
        let at = (errors.len() * 9).div_ceil(10);
        errors
            .get(at.saturating_sub(1))
            .copied()
            .unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_is_hit_once_and_only_the_best_moments_count() {
        let mut score = Score::default();
        score.add(&[101.0, 103.0, 300.0], &[100.0, 200.0]);
        assert!((score.recall() - 0.5).abs() < 1e-9);
        assert!((score.error() - 1.0).abs() < 1e-9);
        score.add(&[109.0, 205.0], &[100.0, 200.0]);
        assert!((score.recall() - 0.75).abs() < 1e-9);
        assert!((score.error() - 9.0).abs() < 1e-9);
    }
}
