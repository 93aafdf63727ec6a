//! How often frames of a busy session are sent.

use std::time::Duration;

/// The shortest interval between two frames for a small audience; the first one after a quiet period is sent at once.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(50);
/// The same for a large audience.
const LONGEST_INTERVAL: Duration = Duration::from_millis(250);
/// The number of pages from which an audience is large.
const LARGE_AUDIENCE: u32 = 4_000;

/// The interval between two frames. It grows with the audience: a frame's cost is the kernel's work per page, and only
/// fewer frames reduce it.
pub(super) fn frame_interval(subscribers: usize) -> Duration {
    let subscribers = u32::try_from(subscribers)
        .unwrap_or(LARGE_AUDIENCE)
        .min(LARGE_AUDIENCE);
    SHORTEST_INTERVAL + (LONGEST_INTERVAL - SHORTEST_INTERVAL) * subscribers / LARGE_AUDIENCE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_grows_with_the_audience_from_50_to_250_milliseconds() {
        let intervals =
            [0, 1, 100, 1_000, 2_000, 3_999, 4_000, 10_000, usize::MAX].map(frame_interval);
        assert!(intervals.is_sorted());
        assert_eq!(intervals[0], Duration::from_millis(50));
        assert_eq!(intervals[4], Duration::from_millis(150));
        assert_eq!(intervals[8], Duration::from_millis(250));
    }
}
