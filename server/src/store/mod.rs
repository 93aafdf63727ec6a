//! The store: sessions, segments, timestamps and links in SQLite or Postgres.

mod access;
mod backup;
mod change;
mod checkup;
mod connect;
mod deadline;
mod deletion;
mod dialect;
mod error;
mod feed;
mod forget;
mod hidden;
mod hints;
mod lists;
mod log;
mod migrate;
mod moderation;
mod presses;
mod rehearsals;
mod segments;
mod sessions;
mod settings;
mod texts;
mod timestamps;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use app::domain::{
    revision::{Epoch, Revision},
    segment::Segment,
    session::Session,
    timestamp::{Timestamp, TimestampId},
};
use quick_cache::sync::Cache;
use sea_orm::DatabaseConnection;
use uuid::Uuid;

pub use self::{
    backup::back_up,
    change::Done,
    checkup::Checkup,
    connect::Opening,
    deadline::{LONGEST_BATCH, LONGEST_WORK, in_time, within},
    error::StoreError,
    feed::Newest,
    hints::Hints,
    lists::Line,
    migrate::{Schema, new_epoch},
    moderation::Moderating,
    presses::{Answer, Recorded, Recording, Submission},
    rehearsals::Rehearsal,
    sessions::Known,
};

/// Names a session inside the server; viewers know its code only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub Uuid);

/// Names a visitor: the first 128 bits of the SHA-256 of the cookie, so that a copy of the database opens no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VisitorId(pub Uuid);

/// The database, opened and migrated. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pools: Arc<Pools>,
}

/// The two ways into the database (on Postgres they are the same one), and what never changes in it.
struct Pools {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    epoch: Epoch,
    /// The sessions that were looked for of late.
    codes: Cache<String, SessionId>,
    /// The codes that no session had, and when that was asked.
    unknown: Cache<String, Instant>,
}

/// How long a code that no session has is not asked for again: a crowd with a wrong link asks once.
const UNKNOWN_FOR: Duration = Duration::from_millis(250);

/// How many sessions' codes are remembered.
const REMEMBERED_CODES: usize = 10_000;

/// One batch of what changed in a session, in the order of revisions, read at one moment.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The session's revision after this batch. Equals `latest` where the batch holds all that there is.
    pub revision: Revision,
    /// The session's newest revision.
    pub latest: Revision,
    /// The session as it stands.
    pub session: Session,
    /// The segments that changed.
    pub segments: Vec<Segment>,
    /// The timestamps that changed, hidden ones included and marked, `mine` never set.
    pub timestamps: Vec<Timestamp>,
    /// The timestamps whose visitor was forgotten: they are on nobody's list any more.
    pub forgotten: Vec<TimestampId>,
}

impl Store {
    /// Opens the database that `url` names, creates an embedded one where there is none, and migrates it.
    ///
    /// # Errors
    /// One line for the operator: the database can't be opened or read, or is newer than this program.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_with(url, Opening::default()).await
    }

    /// Opens the database that `url` names.
    ///
    /// # Errors
    /// As `open`, and `StoreError::Older` where it is of an earlier version and is not to be migrated.
    pub async fn open_with(url: &str, opening: Opening) -> Result<Self, StoreError> {
        let connect::Connected {
            writer,
            reader,
            name,
        } = connect::connect(url, opening).await?;
        let prepared = async {
            let dangers = dialect::dangers(&writer).await?.join(", ");
            match (dangers.is_empty(), opening.allows_unsafe) {
                (true, _) => {}
                (false, true) => tracing::warn!(
                    dangers,
                    "the database could lose presses that were acknowledged"
                ),
                (false, false) => return Err(StoreError::Unsafe { dangers }),
            }
            if opening.migrates {
                migrate::migrate(&writer).await
            } else {
                migrate::as_it_is(&writer).await
            }
        };
        let epoch = match prepared.await {
            Err(StoreError::Database(source)) => Err(StoreError::Unopenable { name, source }),
            other => other,
        }?;
        let pools = Arc::new(Pools {
            writer,
            reader,
            epoch,
            codes: Cache::new(REMEMBERED_CODES),
            unknown: Cache::new(REMEMBERED_CODES),
        });
        Ok(Self { pools })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// `StoreError::Database` where it doesn't.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.pools.reader.ping().await?)
    }

    /// Closes the pools, after the last write.
    pub async fn close(self) {
        for pool in [&self.pools.reader, &self.pools.writer] {
            if let Err(error) = pool.close_by_ref().await {
                tracing::warn!(%error, "a database pool did not close cleanly");
            }
        }
    }

    /// How many transactions can usefully write at the same time.
    pub fn writers(&self) -> usize {
        dialect::writers(&self.pools.writer)
    }

    /// Which history of the database this is.
    pub fn epoch(&self) -> Epoch {
        self.pools.epoch
    }
}
