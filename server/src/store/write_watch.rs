//! Tells without a query whether an embedded database was written to: each commit changes its write-ahead log.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use tokio::task::spawn_blocking;

/// How often a log that has just changed is taken for changed again. A second commit may look like the first one: the log is
/// written from its start again now and then, without getting longer, and some file systems tell times to two seconds.
const UNSURE: u32 = 3;

/// Looks now and then whether an embedded database was written to, by whichever process.
#[derive(Debug)]
pub struct WriteWatch {
    /// The write-ahead log; `None` if there is none to look at.
    log: Option<PathBuf>,
    last: Option<Written>,
    /// How often the log was the same since it changed last.
    unchanged: u32,
}

/// What a commit changes of the log.
#[derive(Debug, PartialEq, Eq)]
struct Written {
    length: u64,
    at: SystemTime,
}

impl Written {
    /// `None` if it can't be told.
    fn of(log: &Path) -> Option<Self> {
        let log = fs::metadata(log).ok()?;
        Some(Self {
            length: log.len(),
            at: log.modified().ok()?,
        })
    }
}

impl WriteWatch {
    /// For the database in this file; without one, it may always have been written to.
    pub(super) fn of(database: Option<&Path>) -> Self {
        // SQLite follows links, too, before it names the log.
        let file = database.and_then(|file| file.canonicalize().ok());
        let log = file.map(|file| {
            let mut log = OsString::from(file);
            log.push("-wal");
            PathBuf::from(log)
        });
        Self {
            log,
            last: None,
            unchanged: 0,
        }
    }

    /// Whether something may have been written since the last look. Whatever was committed before the call is not missed by a query
    /// after it, or is told by the next call.
    pub async fn may_have_changed(&mut self) -> bool {
        let Some(log) = self.log.clone() else {
            return true;
        };
        let now = spawn_blocking(move || Written::of(&log)).await;
        let now = now.ok().flatten();
        let is_same = now.is_some() && now == self.last;
        self.unchanged = match is_same {
            true => self.unchanged.saturating_add(1),
            false => 0,
        };
        self.last = now;
        self.unchanged <= UNSURE
    }

    /// The next look tells of a change in any case: the query after the last one failed.
    pub fn ask_again(&mut self) {
        self.last = None;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::sleep;

    use super::*;
    use crate::test_session::TestSession;

    /// Looks until nothing has changed for some time. How many looks told of a change.
    async fn settle(watch: &mut WriteWatch) -> u32 {
        let mut changed = 0;
        while watch.may_have_changed().await {
            changed += 1;
        }
        changed
    }

    #[tokio::test]
    async fn a_write_is_seen_whoever_makes_it_and_nothing_else() {
        let session = TestSession::open().await;
        let mut watch = session.store.watch_writes();
        assert_eq!(settle(&mut watch).await, 1 + UNSURE);
        // Reads change nothing.
        session.snapshot().await;
        assert!(!watch.may_have_changed().await);

        session.start().await;
        assert_eq!(settle(&mut watch).await, 1 + UNSURE);
        // Past the store, as another process does it.
        session.execute("UPDATE session SET revision = 7").await;
        assert_eq!(settle(&mut watch).await, 1 + UNSURE);
        watch.ask_again();
        assert!(watch.may_have_changed().await);
    }

    #[tokio::test]
    async fn a_write_after_the_log_was_moved_into_the_database_is_seen() {
        let session = TestSession::open().await;
        let mut watch = session.store.watch_writes();
        for checkpoint in ["PASSIVE", "RESTART", "TRUNCATE"] {
            let checkpoint = format!("PRAGMA wal_checkpoint({checkpoint})");
            session.execute(&checkpoint).await;
            settle(&mut watch).await;
            // Longer than a tick of the file system's clock.
            sleep(Duration::from_millis(20)).await;
            // SQLite writes nothing where nothing changes.
            let changes = "UPDATE session SET revision = revision + 1";
            session.execute(changes).await;
            assert!(watch.may_have_changed().await, "{checkpoint}");
        }
    }

    #[tokio::test]
    async fn a_database_without_a_log_may_always_have_changed() {
        let folder = tempfile::tempdir().unwrap();
        let none = folder.path().join("clips.sqlite");
        fs::write(&none, "").unwrap();
        for database in [None, Some(none.as_path())] {
            let mut watch = WriteWatch::of(database);
            for _ in 0..3 * UNSURE {
                assert!(watch.may_have_changed().await);
            }
        }
    }
}
