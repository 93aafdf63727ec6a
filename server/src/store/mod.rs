//! The store: sessions, segments, timestamps and links in SQLite or Postgres.

mod access;
mod audit_log;
mod backup;
mod blocks;
mod chunk_size;
mod codes;
mod connect;
mod crowd;
mod database_report;
mod deletion;
mod dialect;
mod epoch;
mod erasure;
mod error;
mod feed;
mod lead;
mod links;
mod lists;
mod migrate;
mod moderation;
mod moderation_tx;
mod moment_edits;
mod moment_joins;
mod moment_ranges;
mod moment_rows;
mod moments;
mod notifications;
mod pools;
mod presses;
mod purge_pace;
mod rehearsals;
mod replaced_links;
mod rows;
mod segments;
mod session_rows;
mod session_tx;
mod sessions;
mod settings;
mod timestamps;
mod trash;
mod visitor_backlog;
mod visitors;
mod word_filter;
mod write_watch;

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicU64},
};

use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use uuid::Uuid;

pub(crate) use self::pools::with_timeout;
pub use self::{
    backup::back_up,
    connect::OpenOptions,
    crowd::{CrowdChanges, CrowdPress, CrowdRows},
    database_report::DatabaseReport,
    epoch::new_epoch,
    error::StoreError,
    feed::{Changes, Newest},
    links::CreatedLink,
    lists::ExportRow,
    migrate::Schema,
    moderation_tx::Moderating,
    moment_edits::{MomentChange, ResolvedEdit},
    moment_joins::CrowdJoin,
    moment_ranges::NewMoment,
    moment_rows::{MomentEditRow, MomentRow},
    moments::{MOST_MOMENTS, MOST_SHOWN, MomentUpdate},
    notifications::{Notification, Notifications},
    pools::DB_TIMEOUT,
    presses::{Answer, Recording, Submission},
    sessions::{NewDetails, OpenedSession, SessionContext},
    trash::KeptSession,
    write_watch::WriteWatch,
};
use self::{codes::Codes, pools::Pools};
use crate::metrics::{Metrics, Pool};

/// Identifies a session inside the server; viewers only know its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub Uuid);

/// Identifies a visitor: the first 128 bits of the SHA-256 of the cookie, so that a copy of the database opens no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VisitorId(pub Uuid);

/// The database, opened and migrated. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pools: Arc<Pools>,
    /// The bits of an `Epoch`.
    epoch: Arc<AtomicU64>,
    codes: Arc<Codes>,
    /// Notified when there is something to purge.
    purges: Arc<Notify>,
    /// The file of an embedded database.
    file: Option<Arc<Path>>,
    metrics: Metrics,
}

impl Store {
    /// Opens the database that `url` names, creates an embedded one if it doesn't exist, and migrates it.
    ///
    /// # Errors
    /// One line for the operator: the database can't be opened or read, or is newer than this program.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_with(url, OpenOptions::default()).await
    }

    /// Opens the database that `url` names.
    ///
    /// # Errors
    /// As `open`, and `StoreError::Older` if an earlier version created it and it must not be migrated.
    pub async fn open_with(url: &str, options: OpenOptions) -> Result<Self, StoreError> {
        let connect::Connected {
            writer,
            recorder,
            reader,
            purger,
            name,
            file,
        } = connect::connect(url, options).await?;
        let prepared = async {
            let durability_problems = dialect::durability_problems(&writer).await?.join(", ");
            match (durability_problems.is_empty(), options.allows_unsafe) {
                (true, _) => {}
                (false, true) => tracing::warn!(
                    durability_problems,
                    "the database could lose presses that were acknowledged"
                ),
                (false, false) => {
                    return Err(StoreError::Unsafe {
                        durability_problems,
                    });
                }
            }
            if options.migrates {
                migrate::migrate(&writer).await
            } else {
                migrate::as_it_is(&writer).await
            }
        };
        let epoch = match prepared.await {
            Err(StoreError::Database(source)) => Err(StoreError::Unopenable { name, source }),
            other => other,
        }?;
        Ok(Self {
            pools: Arc::new(Pools::new(writer, recorder, reader, purger)),
            epoch: Arc::new(AtomicU64::new(epoch.0)),
            codes: Arc::default(),
            purges: Arc::default(),
            file: file.map(Arc::from),
            metrics: Metrics::new(),
        })
    }

    /// The metrics of this store and of everything that uses it.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Each pool, with the number of its open connections, and how many of them are idle.
    pub(crate) fn connections(&self) -> Vec<(Pool, usize, usize)> {
        self.pools.connections()
    }

    /// Looks whether the database was written to, if it is an embedded one.
    pub fn watch_writes(&self) -> WriteWatch {
        WriteWatch::of(self.file.as_deref())
    }

    /// The time of the database's clock; `None` if it has none of its own.
    ///
    /// # Errors
    /// `StoreError::Database` if it can't be read.
    pub async fn time(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.query(async |database| Ok(dialect::time(database).await?))
            .await
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// `StoreError::Database` if it doesn't.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.query(async |database| Ok(database.ping().await?))
            .await
    }

    /// Closes the pools, after the last write.
    pub async fn close(&self) {
        self.pools.close().await;
    }

    /// How many transactions can usefully record at the same time.
    pub fn recorders(&self) -> usize {
        self.pools.recorders()
    }
}
