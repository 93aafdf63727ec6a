//! The store: sessions, segments, timestamps and links in SQLite or Postgres.

use app::domain::{
    code::Code,
    revision::{Epoch, Revision},
    segment::Segment,
    session::Session,
    timestamp::{Place, Timestamp},
};
use thiserror::Error;
use uuid::Uuid;

/// Names a session inside the server; viewers know its code only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub Uuid);

/// Names a visitor: the first 128 bits of the SHA-256 of the cookie, so that a copy of the database opens no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VisitorId(pub Uuid);

/// The database, opened and migrated. Cheap to clone.
#[derive(Clone)]
pub struct Store {}

/// Why the store could not do what was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database refused or could not be reached; the cause is the source.
    #[error("the database can't do that now")]
    Database(#[from] sea_orm::DbErr),
}

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
}

#[expect(unused_variables, clippy::todo, reason = "skeleton")]
impl Store {
    /// Opens the database that `url` names, creates an embedded one where there is none, and migrates it.
    ///
    /// # Errors
    /// One line for the operator: the database can't be opened or read, or is newer than this program.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        todo!()
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        todo!()
    }

    /// Closes the pools, after the last write.
    pub async fn close(self) {
        todo!()
    }

    /// Which history of the database this is.
    pub fn epoch(&self) -> Epoch {
        todo!()
    }

    /// The session with this code.
    pub async fn find(&self, code: &Code) -> Result<Option<SessionId>, StoreError> {
        todo!()
    }

    /// What changed in a session after `after`, at most `limit` rows; `None` when the session is gone.
    pub async fn changes(
        &self,
        session: SessionId,
        after: Revision,
        limit: u64,
    ) -> Result<Option<Changes>, StoreError> {
        todo!()
    }

    /// The visible timestamps after `after` in the order of rule 3, at most `limit`: one short read a page, so that a
    /// slow download holds no transaction.
    pub async fn visible_after(
        &self,
        session: SessionId,
        after: Option<Place>,
        limit: u64,
    ) -> Result<Vec<Timestamp>, StoreError> {
        todo!()
    }
}
