//! How long to wait before the next attempt: full jitter, so that a thousand pages don't come back at the same moment.

/// The longest that a page waits, in milliseconds.
pub const LONGEST_MS: u32 = 30_000;

/// What the first attempt waits at most, in milliseconds.
const FIRST_MS: u32 = 1_000;

/// Milliseconds until the next attempt after this many failures in a row. `random` is at least 0 and less than 1.
pub fn delay_ms(failures: u32, random: f64) -> u32 {
    let doublings = failures.saturating_sub(1).min(16);
    let at_most = FIRST_MS.saturating_mul(1 << doublings).min(LONGEST_MS);
    // Whole milliseconds, and a number below 30,000: nothing is lost that anybody could notice.
    (f64::from(at_most) * random.clamp(0.0, 1.0)) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bound_doubles_until_half_a_minute() {
        let bounds: Vec<_> = (1..9).map(|failures| delay_ms(failures, 1.0)).collect();
        assert_eq!(
            bounds,
            [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]
        );
    }

    proptest! {
        #[test]
        fn no_wait_is_longer_than_half_a_minute(failures: u32, random in 0.0..1.0) {
            prop_assert!(delay_ms(failures, random) <= LONGEST_MS);
        }
    }
}
