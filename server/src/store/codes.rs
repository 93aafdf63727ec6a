//! Codes: from what viewers type to a session, mostly from memory.

use std::time::{Duration, Instant};

use app::{domain::code::Code, service::ServiceError};
use entity::session;
use quick_cache::sync::Cache;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{SessionId, Store, StoreError};

/// How long a code that no session has is not asked for again: a crowd with a wrong link asks once.
const UNKNOWN_FOR: Duration = Duration::from_millis(250);

/// How many codes are remembered, of either kind.
const REMEMBERED: usize = 10_000;

/// What is remembered of codes.
pub(super) struct Codes {
    /// Recently resolved ones.
    sessions: Cache<String, SessionId>,
    /// The codes that no session had, and when that was asked.
    unknown: Cache<String, Instant>,
}

impl Default for Codes {
    fn default() -> Self {
        Self {
            sessions: Cache::new(REMEMBERED),
            unknown: Cache::new(REMEMBERED),
        }
    }
}

impl Store {
    /// The session with this code. A code never changes, so that it is asked for once; one that was deleted since is
    /// found too, until the code is evicted.
    ///
    /// # Errors
    /// `StoreError::Database` where the database can't tell.
    pub async fn resolve_code(&self, code: &Code) -> Result<Option<SessionId>, StoreError> {
        self.resolve_code_counted(code, || Ok(|_| ())).await
    }

    /// As `resolve_code`, where whoever asks the database is counted first: `counted` may refuse that, and what it answers hears
    /// whether there is such a session.
    ///
    /// # Errors
    /// What `counted` says, and `StoreError::Database` where the database can't tell.
    pub async fn resolve_code_counted<D: FnOnce(bool)>(
        &self,
        code: &Code,
        counted: impl FnOnce() -> Result<D, ServiceError>,
    ) -> Result<Option<SessionId>, StoreError> {
        // A crowd that comes for one code waits for one statement.
        let found = self
            .codes
            .sessions
            .get_or_insert_async(code.as_str(), async {
                if self.is_unknown(code) {
                    return Err(ServiceError::NotFound.into());
                }
                let told = counted()?;
                let id: Option<Uuid> = self
                    .query(async |database| {
                        let id = session::Entity::find()
                            .select_only()
                            .column(session::Column::Id)
                            .filter(session::Column::Code.eq(code.as_str()))
                            .filter(session::Column::DeletedAt.is_null())
                            .into_tuple();
                        Ok(id.one(database).await?)
                    })
                    .await?;
                told(id.is_some());
                let Some(id) = id else {
                    self.codes.unknown.insert(code.to_string(), Instant::now());
                    return Err(ServiceError::NotFound.into());
                };
                Ok::<_, StoreError>(SessionId(id))
            });
        match found.await {
            Ok(id) => Ok(Some(id)),
            Err(error) if error.is_gone() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The session with this code, or that none has it, where that was asked a moment ago; no statement runs.
    pub fn cached_code(&self, code: &Code) -> Option<Option<SessionId>> {
        if let Some(session) = self.codes.sessions.get(code.as_str()) {
            return Some(Some(session));
        }
        self.is_unknown(code).then_some(None)
    }

    /// Whether no session had this code a moment ago.
    fn is_unknown(&self, code: &Code) -> bool {
        let asked = self.codes.unknown.get(code.as_str());
        asked.is_some_and(|asked| asked.elapsed() < UNKNOWN_FOR)
    }

    /// Looks a code up anew the next time: its session is gone.
    pub fn evict_code(&self, code: &str) {
        self.codes.sessions.remove(code);
    }
}
