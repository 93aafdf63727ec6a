//! Keeps the server's time with the database's clock, if it has one, so that several servers over one database have the
//! same time. Checks whether the time agrees with that clock and with the machine's wall clock.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::{
    clock::Clock,
    store::{Store, StoreError},
};

/// How often the machine's clock is checked.
const CHECK_INTERVAL: Duration = Duration::from_secs(10);
/// The database's clock is checked once per this many checks of the machine's.
const CHECKS_PER_QUERY: u32 = 6;
/// How many times in a row the database's clock is read. The fastest answer counts: its error is at most half the time that
/// it took.
const READINGS: usize = 3;
/// If even the fastest answer took longer, it is too inaccurate to follow; the next one comes a minute later.
const SLOWEST: Duration = Duration::from_millis(200);
/// Clocks that differ by this much disagree: the offsets in the list are whole seconds.
const MAX_SKEW: TimeDelta = TimeDelta::seconds(1);

/// Watches the clocks for as long as it is polled. Changes are logged; the offsets are exported as metrics.
pub async fn run(store: Store, clock: Clock) {
    let (mut machine, mut database) = (Agreement::default(), Agreement::default());
    let mut looks = interval(CHECK_INTERVAL);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for look in (0..CHECKS_PER_QUERY).cycle() {
        looks.tick().await;
        log(machine.note(clock.offset()), "the machine's clock");
        if look > 0 {
            continue;
        }
        match read_database(&store, &clock).await {
            Ok(Some(Reading { ahead, took })) => {
                store.metrics().clocks.set_database_offset(ahead);
                log(database.note(ahead), "the database's clock");
                if took <= SLOWEST {
                    clock.follow(ahead);
                }
            }
            Ok(None) => {}
            Err(error) => tracing::debug!(%error, "the database's clock can't be asked for"),
        }
    }
}

/// Sets the clock to the database's time, if the database has a clock of its own. To be called before anybody is told the
/// time; after that, `run` follows the database's clock.
///
/// # Errors
/// `StoreError::Database` if it can't be read.
pub async fn adopt_database_time(store: &Store, clock: &Clock) -> Result<(), StoreError> {
    if let Some(ahead) = database_offset(store, clock).await? {
        clock.step(ahead);
    }
    Ok(())
}

/// How far the database's clock is ahead of the server's time; `None` if the database has no clock of its own.
///
/// # Errors
/// `StoreError::Database` if it can't be read.
pub async fn database_offset(
    store: &Store,
    clock: &Clock,
) -> Result<Option<TimeDelta>, StoreError> {
    let reading = read_database(store, clock).await?;
    Ok(reading.map(|reading| reading.ahead))
}

/// A reading of the database's clock.
struct Reading {
    /// How far it is ahead of the server's time.
    ahead: TimeDelta,
    /// How long the answer took.
    took: Duration,
}

/// The most accurate of several readings; `None` if the database has no clock of its own.
async fn read_database(store: &Store, clock: &Clock) -> Result<Option<Reading>, StoreError> {
    let mut best: Option<Reading> = None;
    for _ in 0..READINGS {
        let (asked, began) = (clock.now(), Instant::now());
        let Some(told) = store.time().await? else {
            return Ok(None);
        };
        let (took, ahead) = (began.elapsed(), ahead(told, asked, clock.now()));
        if best.as_ref().is_none_or(|best| took < best.took) {
            best = Some(Reading { ahead, took });
        }
    }
    Ok(best)
}

/// How far a clock is ahead that was read at some point between `asked` and `answered`.
fn ahead(told: DateTime<Utc>, asked: DateTime<Utc>, answered: DateTime<Utc>) -> TimeDelta {
    told - (asked + (answered - asked) / 2)
}

/// Whether another clock agreed with the server's time when it was last checked.
#[derive(Debug, Default)]
struct Agreement {
    is_lost: bool,
}

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    Lost(TimeDelta),
    Found,
}

impl Agreement {
    /// Records how far the other clock is ahead. Only a change is news.
    fn note(&mut self, offset: TimeDelta) -> Option<News> {
        let is_apart = offset.abs() > MAX_SKEW;
        let news = match (self.is_lost, is_apart) {
            (false, true) => Some(News::Lost(offset)),
            (true, false) => Some(News::Found),
            (false, false) | (true, true) => None,
        };
        self.is_lost = is_apart;
        news
    }
}

fn log(news: Option<News>, clock: &'static str) {
    match news {
        Some(News::Lost(offset)) => tracing::warn!(
            clock,
            ahead_seconds = offset.as_seconds_f64(),
            "a clock differs from the server's time, which never goes backwards and slowly follows the database's clock, or the machine's if the database has none"
        ),
        Some(News::Found) => tracing::info!(clock, "a clock agrees with the server's time again"),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_differs_is_told_of_once_until_it_agrees_again() {
        let mut agreement = Agreement::default();
        let milliseconds = [0, 900, -1_000, 1_001, 5_000, -3_000, 1_000, 0, -1_500];
        let news = milliseconds.map(|offset| agreement.note(TimeDelta::milliseconds(offset)));
        let lost = |offset| Some(News::Lost(TimeDelta::milliseconds(offset)));
        let expected = [
            None,
            None,
            None,
            lost(1_001),
            None,
            None,
            Some(News::Found),
            None,
            lost(-1_500),
        ];
        assert_eq!(news, expected);
    }

    #[test]
    fn a_slow_answer_makes_no_difference() {
        let at = |seconds: i64| DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap();
        assert_eq!(ahead(at(2), at(0), at(4)), TimeDelta::zero());
        assert_eq!(ahead(at(12), at(0), at(4)), TimeDelta::seconds(10));
        assert_eq!(ahead(at(-8), at(0), at(4)), TimeDelta::seconds(-10));
    }
}
