//! Codes: from what viewers type to a session, usually from memory.

use std::time::{Duration, Instant};

use app::{domain::code::Code, service::ServiceError};
use entity::session;
use quick_cache::sync::Cache;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{SessionId, Store, StoreError, session_rows};

/// How long an unknown code is not queried again, so that a crowd with a wrong link costs one query.
const UNKNOWN_FOR: Duration = Duration::from_millis(250);

/// How many codes are cached, of either kind.
const REMEMBERED: usize = 10_000;

/// The cache of codes.
pub(super) struct Codes {
    /// Recently resolved session codes.
    sessions: Cache<String, SessionId>,
    /// Unknown codes, and when they were queried.
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
    /// The session with this code. Codes never change, so each is queried once; a session that has been deleted since is
    /// still found until its code is evicted.
    ///
    /// # Errors
    /// `StoreError::Database` if it can't be read.
    pub async fn resolve_code(&self, code: &Code) -> Result<Option<SessionId>, StoreError> {
        self.resolve_code_counted(code, || Ok(|_| ())).await
    }

    /// As `resolve_code`, but charges the caller before querying the database: `counted` may refuse, and the closure it
    /// returns is told whether there is such a session.
    ///
    /// # Errors
    /// Those of `counted`, and `StoreError::Database` if it can't be read.
    pub async fn resolve_code_counted<D: FnOnce(bool)>(
        &self,
        code: &Code,
        counted: impl FnOnce() -> Result<D, ServiceError>,
    ) -> Result<Option<SessionId>, StoreError> {
        // A crowd that asks for one code waits for a single statement.
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
                        let id = session_rows::existing()
                            .select_only()
                            .column(session::Column::Id)
                            .filter(session::Column::Code.eq(code.as_str()))
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

    /// The session with this code, or that there is none, if that was queried recently; runs no statement.
    pub fn cached_code(&self, code: &Code) -> Option<Option<SessionId>> {
        if let Some(session) = self.codes.sessions.get(code.as_str()) {
            return Some(Some(session));
        }
        self.is_unknown(code).then_some(None)
    }

    /// Whether this code was found to be unknown a moment ago.
    fn is_unknown(&self, code: &Code) -> bool {
        let asked = self.codes.unknown.get(code.as_str());
        asked.is_some_and(|asked| asked.elapsed() < UNKNOWN_FOR)
    }

    /// Forgets that a code was unknown, because its session was restored.
    pub(super) fn is_found_again(&self, code: &Code) {
        self.codes.unknown.remove(code.as_str());
    }

    /// Removes a code from the cache, because its session is gone.
    pub fn evict_code(&self, code: &str) {
        self.codes.sessions.remove(code);
    }
}
