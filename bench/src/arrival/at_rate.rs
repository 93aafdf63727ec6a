//! Acts that begin at a fixed rate, whatever becomes of the earlier ones (open loop), and what came of them.

use std::time::Duration;

use tokio::{task::JoinSet, time::timeout};

use crate::{
    Outcome,
    clock::micros,
    failures::{Failure, Failures},
    stats::Histogram,
};

/// How long one act may take.
const LONGEST: Duration = Duration::from_secs(10);
/// How many may be under way: each has a file descriptor or more, of 20,000.
const MOST_AT_ONCE: usize = 4_000;

/// How many acts, and how fast.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// How many begin in a second.
    pub(crate) rate: u64,
    /// How many in all.
    pub(crate) many: u64,
}

impl Pace {
    /// At this rate for so long.
    pub(crate) fn over(rate: u64, time: Duration) -> Self {
        let many = u128::from(rate) * time.as_millis() / 1_000;
        Self {
            rate,
            many: u64::try_from(many).unwrap_or(u64::MAX),
        }
    }

    /// When an act is due, in microseconds after the first.
    fn due(self, number: u64) -> u64 {
        number * 1_000_000 / self.rate
    }
}

/// What came of some acts.
pub(crate) struct Acts<T> {
    /// What those made that succeeded. Streams in it stay open as long as this.
    pub(crate) done: Vec<T>,
    /// What became of the others.
    pub(crate) failures: Failures,
    /// From the moment when one was due until it was done.
    pub(crate) latencies: Histogram,
}

/// Begins an act at each moment that it is due at, and waits for all. Each is told its number.
pub(crate) async fn at_rate<T, A>(pace: Pace, act: impl Fn(u64) -> A) -> Outcome<Acts<T>>
where
    T: Send + 'static,
    A: Future<Output = Result<T, Failure>> + Send + 'static,
{
    let mut acts = Acts {
        done: Vec::new(),
        failures: Failures::default(),
        latencies: Histogram::new(),
    };
    let mut under_way = JoinSet::new();
    let began = micros();
    for number in 0..pace.many {
        let due = began + pace.due(number);
        let wait = due.saturating_sub(micros());
        if wait > 0 {
            tokio::time::sleep(Duration::from_micros(wait)).await;
        }
        while let Some(ended) = under_way.try_join_next() {
            acts.take(ended?);
        }
        if under_way.len() >= MOST_AT_ONCE {
            acts.failures.count(Failure::NotBegun);
            continue;
        }
        let act = act(number);
        under_way.spawn(async move {
            let done = timeout(LONGEST, act).await.unwrap_or(Err(Failure::Late));
            (done, micros() - due)
        });
    }
    while let Some(ended) = under_way.join_next().await {
        acts.take(ended?);
    }
    Ok(acts)
}

impl<T> Acts<T> {
    fn take(&mut self, (done, took): (Result<T, Failure>, u64)) {
        match done {
            Ok(done) => {
                self.latencies.record(took);
                self.done.push(done);
            }
            Err(failure) => self.failures.count(failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_are_due_evenly_over_the_time() {
        let pace = Pace::over(40, Duration::from_millis(1_500));
        assert_eq!(pace.many, 60);
        assert_eq!(pace.due(1), 25_000);
        assert_eq!(pace.due(59), 1_475_000);
    }

    #[tokio::test]
    async fn what_succeeded_is_told_from_what_failed() {
        let pace = Pace {
            rate: 10_000,
            many: 10,
        };
        let act = |number: u64| async move {
            match number % 2 {
                0 => Ok(number),
                _ => Err(Failure::Broken),
            }
        };
        let mut acts = at_rate(pace, act).await.unwrap();
        acts.done.sort_unstable();
        assert_eq!(acts.done, [0, 2, 4, 6, 8]);
        assert_eq!(acts.latencies.count(), 5);
        assert_eq!(acts.failures.to_string(), "broken: 5");
    }
}
