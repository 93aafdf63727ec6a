//! The pace of a purge: how many rows each of its transactions deletes, and how long it pauses after each, which depends on
//! whether others are writing.

use std::{ops::RangeInclusive, time::Duration};

use tokio::time::Instant;

use super::{chunk_size::ChunkSize, pools::LockTimes};

/// How long a transaction of a purge should hold its locks: far less than a press takes anyway, because nobody waits for a
/// purge.
const LONGEST: Duration = Duration::from_millis(1);
/// How many rows it deletes while others write. The fewest take about as long as their commit.
const ROWS_BESIDE_OTHERS: RangeInclusive<usize> = 20..=1_000;
/// The same while nobody else does: on a slow disk, a purge would otherwise do little but commit.
const ROWS_ALONE: RangeInclusive<usize> = 100..=1_000;
/// How long a purge pauses after each transaction while others write, as a multiple of how long it held its locks: others
/// get most of the database's time.
const PAUSE_FACTOR: u32 = 4;
/// The shortest pause while another connection writes to the same embedded database, in this process or another. Whoever
/// finds SQLite locked only retries after a millisecond or more, and would find it locked again after a shorter pause. With
/// this, about one press in a dozen waits at all.
const PAUSE_BESIDE_ANOTHER_WRITER: Duration = Duration::from_millis(25);
/// The longest pause per deleted row while nobody else writes: a million rows pause for 200 seconds at most. Up to that, a
/// purge pauses for as long as it held its locks, because another connection that waits for SQLite's lock only retries now
/// and then, and would always miss a shorter gap between two transactions.
const LONGEST_PAUSE_PER_ROW: Duration = Duration::from_micros(200);
/// Others count as writing if they were seen doing so within this time.
pub(super) const RECENT: Duration = Duration::from_secs(1);
/// A wait for SQLite's lock that lasts this long means that somebody else is writing: beginning a transaction takes less,
/// and a press holds the lock for longer.
const CONTENDED: Duration = Duration::from_millis(2);

/// The pace of one purge.
#[derive(Debug)]
pub(super) struct PurgePace {
    alone: ChunkSize,
    beside_others: ChunkSize,
    /// When others were last seen writing.
    others_seen: Option<Instant>,
    /// When another connection to an embedded database was, and the version of the data that the last transaction found.
    another_writer_seen: Option<Instant>,
    version: Option<i64>,
}

/// What a transaction of a purge saw of others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// How long it waited for its lock, and held it.
    pub(super) times: LockTimes,
    /// The version of the data that it found, if the database is an embedded one.
    pub(super) version: Option<i64>,
    /// Whether presses were recorded in this process lately.
    pub(super) has_presses: bool,
}

impl PurgePace {
    /// The pace of a purge that has seen nobody else yet.
    pub(super) fn new() -> Self {
        Self {
            alone: ChunkSize::new(LONGEST, ROWS_ALONE),
            beside_others: ChunkSize::new(LONGEST, ROWS_BESIDE_OTHERS),
            others_seen: None,
            another_writer_seen: None,
            version: None,
        }
    }

    /// Restarts the sizes for the next session: transactions that found fewer rows than they asked for say nothing about
    /// how long a full one takes.
    pub(super) fn next_session(&mut self) {
        *self = Self {
            others_seen: self.others_seen,
            another_writer_seen: self.another_writer_seen,
            version: self.version,
            ..Self::new()
        };
    }

    /// The size of the next transaction.
    pub(super) fn size(&mut self) -> &mut ChunkSize {
        if self.is_alone() {
            &mut self.alone
        } else {
            &mut self.beside_others
        }
    }

    /// Takes note of what a transaction saw of others.
    pub(super) fn observe(&mut self, seen: Seen) {
        let is_beside_another_writer = self.version.is_some() && self.version != seen.version;
        self.version = seen.version;
        if is_beside_another_writer {
            self.another_writer_seen = Some(Instant::now());
        }
        if is_beside_another_writer || seen.has_presses || seen.times.waited_for_lock >= CONTENDED {
            self.others_seen = Some(Instant::now());
        }
    }

    /// The pause after a transaction of that many rows which held its locks for `held`.
    pub(super) fn pause(&self, rows: u64, held: Duration) -> Duration {
        if is_recent(self.another_writer_seen) {
            return (held * PAUSE_FACTOR).max(PAUSE_BESIDE_ANOTHER_WRITER);
        }
        if self.is_alone() {
            let rows = u32::try_from(rows).unwrap_or(u32::MAX);
            held.min(LONGEST_PAUSE_PER_ROW.saturating_mul(rows))
        } else {
            held * PAUSE_FACTOR
        }
    }

    fn is_alone(&self) -> bool {
        !is_recent(self.others_seen)
    }
}

fn is_recent(seen: Option<Instant>) -> bool {
    seen.is_some_and(|seen| seen.elapsed() <= RECENT)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOBODY: Seen = Seen {
        times: LockTimes {
            waited_for_lock: Duration::ZERO,
            held: Duration::ZERO,
        },
        version: Some(1),
        has_presses: false,
    };
    const PRESSES: Seen = Seen {
        has_presses: true,
        ..NOBODY
    };

    proptest! {
        #[test]
        fn alone_it_deletes_a_million_rows_within_ten_minutes_on_slow_disks_too(
            commit in 0..20_000_u64,
            row in 1..100_u64,
        ) {
            let (mut pace, mut rows, mut time) = (PurgePace::new(), 0, Duration::ZERO);
            while rows < 1_000_000 {
                let chunk = pace.size().rows() as u64;
                let held = Duration::from_micros(commit + row * chunk);
                pace.size().adapt(held);
                pace.observe(NOBODY);
                rows += chunk;
                time += held + pace.pause(chunk, held);
            }
            prop_assert!(time <= Duration::from_secs(600), "{time:?}");
        }

        #[test]
        fn beside_others_it_leaves_them_most_of_the_time(rows in 20..1_000_u64, held in 0..1_000_u64) {
            let mut pace = PurgePace::new();
            pace.observe(PRESSES);
            let held = Duration::from_millis(held);
            prop_assert_eq!(pace.pause(rows, held), held * PAUSE_FACTOR);
        }

        #[test]
        fn beside_another_connection_it_never_comes_back_before_that_has_retried(
            versions in prop::collection::vec(0..3_i64, 2..20),
            held in 0..1_000_u64,
        ) {
            let (mut pace, held) = (PurgePace::new(), Duration::from_micros(held));
            for version in &versions {
                pace.observe(Seen { version: Some(*version), ..NOBODY });
            }
            // It says nothing that the first transaction finds some version.
            let is_another_there = versions.windows(2).any(|two| two[0] != two[1]);
            prop_assert_eq!(pace.is_alone(), !is_another_there);
            let pause = pace.pause(1_000, held);
            prop_assert_eq!(pause >= PAUSE_BESIDE_ANOTHER_WRITER, is_another_there, "{:?}", pause);
        }
    }

    #[test]
    fn it_takes_fewer_rows_as_soon_as_others_write() {
        let mut pace = PurgePace::new();
        for _ in 0..50 {
            pace.size().adapt(Duration::ZERO);
        }
        assert_eq!(pace.size().rows(), *ROWS_ALONE.end());
        let times = LockTimes {
            waited_for_lock: CONTENDED,
            ..NOBODY.times
        };
        pace.observe(Seen { times, ..NOBODY });
        assert_eq!(pace.size().rows(), *ROWS_BESIDE_OTHERS.start());
    }

    #[test]
    fn the_next_session_begins_with_few_rows_again() {
        let mut pace = PurgePace::new();
        pace.observe(PRESSES);
        pace.size().adapt(Duration::ZERO);
        pace.next_session();
        assert_eq!(pace.size().rows(), *ROWS_BESIDE_OTHERS.start());
    }
}
