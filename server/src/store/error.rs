//! Errors of the store, in words for the operator, and what callers are told.

use std::{error::Error, io, path::PathBuf};

use app::service::ServiceError;
use sea_orm::DbErr;
use thiserror::Error;
use tokio::task::JoinError;

use super::dialect;

/// Why the store could not do what was requested.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The URL names no supported kind of database.
    #[error(
        "the database's address must begin with sqlite:// or postgres://, like sqlite://data/clips.sqlite"
    )]
    UnknownKind,
    /// The URL looks like one of Postgres, but can't be parsed.
    #[error(
        "the database's address can't be read; one looks like postgres://user:password@host:5432/clips"
    )]
    UnreadableAddress,
    /// The folder of the embedded database can't be created.
    #[error("the folder {} for the database can't be made: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// It could lose acknowledged presses.
    #[error(
        "the database could lose presses that were acknowledged ({durability_problems}): mend that, or accept it with --allow-unsafe-database"
    )]
    Unsafe {
        /// What is wrong with it.
        durability_problems: String,
    },
    /// There is no such file.
    #[error("there is no database {}; name yours with --database-url", path.display())]
    Missing {
        /// Where it was expected.
        path: PathBuf,
    },
    /// A backup can't be written there.
    #[error("the backup can't be written to {}: {why}", path.display())]
    NoBackup {
        /// The file.
        path: PathBuf,
        /// The cause.
        why: String,
    },
    /// Only an embedded database is a file that can be copied.
    #[error(
        "a Postgres database is backed up with its own tools: pg_dump --format=custom --file=FILE DATABASE; after pg_restore run new-epoch"
    )]
    NotEmbedded,
    /// The database can't be opened; the message leaves out its password.
    #[error("the database {name} can't be opened: {}", cause(.source))]
    Unopenable {
        /// The file, or "on Postgres".
        name: String,
        /// The cause.
        source: DbErr,
    },
    /// The database was migrated by a later version of this program.
    #[error(
        "the database is newer than this program (it knows {migration}): start a newer version of the program"
    )]
    Newer {
        /// The first unknown migration.
        migration: String,
    },
    /// It was created by an earlier version of this program, which may be serving it now.
    #[error(
        "the database lacks {} of this program: start the server of this version, which brings it up to date, or run this command with the program that serves it",
        migrations(*missing)
    )]
    Older {
        /// How many migrations are pending.
        missing: usize,
    },
    /// Its history has no epoch.
    #[error(
        "the database has no epoch: it was never served, or its table installation was emptied"
    )]
    NoEpoch,
    /// A stored text violates the rules of its kind, so something other than this program wrote it.
    #[error("the database holds a {what} that can't be")]
    Unreadable {
        /// The kind of text.
        what: &'static str,
    },
    /// The task that wrote it panicked or was stopped, so it is unknown whether the write happened.
    #[error("a write did not come to its end: {0}")]
    Interrupted(JoinError),
    /// A rule refuses it; nothing was written.
    #[error(transparent)]
    Refused(#[from] ServiceError),
    /// The database refused or could not be reached.
    #[error("the database can't do that now: {}", chain(.0))]
    Database(#[from] DbErr),
}

impl StoreError {
    /// Whether a retry can succeed, because the database is only temporarily unavailable.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Database(cause) if dialect::is_retryable(cause))
    }

    /// Whether the session, or one of several, was locked by somebody else for too long.
    pub fn is_lock_timeout(&self) -> bool {
        matches!(self, Self::Database(cause) if dialect::is_lock_timeout(cause))
    }
}

/// Seconds until a caller may retry if the database is unavailable.
const TRY_AGAIN_SECONDS: u16 = 2;

impl StoreError {
    /// Whether the requested object does not exist (any more).
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Refused(ServiceError::NotFound))
    }
}

impl From<StoreError> for ServiceError {
    /// The error for the caller. The cause is logged here, once.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => refusal,
            StoreError::Database(ref cause) if dialect::is_retryable(cause) => {
                tracing::warn!(%error, "the database is not at hand");
                Self::Unavailable {
                    seconds: TRY_AGAIN_SECONDS,
                }
            }
            StoreError::Database(_)
            | StoreError::UnknownKind
            | StoreError::UnreadableAddress
            | StoreError::Folder { .. }
            | StoreError::Unsafe { .. }
            | StoreError::Missing { .. }
            | StoreError::NoBackup { .. }
            | StoreError::NotEmbedded
            | StoreError::Unopenable { .. }
            | StoreError::Newer { .. }
            | StoreError::Older { .. }
            | StoreError::NoEpoch
            | StoreError::Unreadable { .. }
            | StoreError::Interrupted(_) => {
                tracing::error!(%error, "the store failed");
                Self::Internal
            }
        }
    }
}

fn migrations(missing: usize) -> String {
    match missing {
        1 => "one migration".into(),
        several => format!("{several} migrations"),
    }
}

/// An error and all its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        // SeaORM repeats its source in its own words.
        if !line.ends_with(&words) {
            line = format!("{line}: {words}");
        }
        source = cause.source();
    }
    line.replace('\n', " ")
}

/// The innermost message of a database error, in one line: what an operator can act on.
pub(super) fn cause(error: &DbErr) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string().replace('\n', " ")
}
