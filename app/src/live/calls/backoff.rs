//! Retry delays: full jitter, so that a thousand pages don't reconnect at the same moment.

use crate::service::ServiceError;

/// The longest that a page waits, in milliseconds.
const LONGEST_MS: u32 = 30_000;

/// What the first attempt waits at most, in milliseconds.
const FIRST_MS: u32 = 1_000;

/// Milliseconds until the next attempt after this many failures in a row. `random` is at least 0 and less than 1.
pub fn delay_ms(failures: u32, random: f64) -> u32 {
    let doublings = failures.saturating_sub(1).min(16);
    let at_most = FIRST_MS.saturating_mul(1 << doublings).min(LONGEST_MS);
    // Whole milliseconds, and a number below 30,000: nothing is lost that anybody could notice.
    (f64::from(at_most) * random.clamp(0.0, 1.0)) as u32
}

/// Milliseconds until the next attempt after this error, the last of so many failures in a row: no earlier than the server
/// asked for.
pub fn after_ms(error: &ServiceError, failures: u32, random: f64) -> u32 {
    let asked_for = u32::from(error.wait_seconds().unwrap_or(0)) * 1_000;
    asked_for.min(LONGEST_MS) + delay_ms(failures, random)
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

    #[test]
    fn no_attempt_is_made_before_the_server_asked_for_it() {
        let busy = ServiceError::Unavailable { seconds: 2 };
        assert_eq!(after_ms(&busy, 1, 0.0), 2_000);
        assert_eq!(after_ms(&busy, 2, 0.5), 3_000);
        let far = ServiceError::RateLimited {
            seconds: 600,
            action: None,
        };
        assert_eq!(after_ms(&far, 1, 0.0), LONGEST_MS);
        assert_eq!(after_ms(&ServiceError::Unreachable, 1, 0.5), 500);
    }

    proptest! {
        #[test]
        fn no_wait_is_longer_than_half_a_minute(failures: u32, random in 0.0..1.0) {
            prop_assert!(delay_ms(failures, random) <= LONGEST_MS);
        }
    }
}
