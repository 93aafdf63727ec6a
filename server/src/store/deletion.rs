//! Sessions that are deleted for good, with all that belongs to them.

use app::clips::ClipsError;
use chrono::{DateTime, Utc};
use entity::session;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{SessionId, Store, StoreError, change::Change, dialect};

impl Store {
    /// Deletes a session, its rehearsals, and all that they hold. Whoever watches is told by the pump, which finds it gone.
    ///
    /// # Errors
    /// `ClipsError::NotFound` where it is gone already.
    pub async fn delete_session(&self, id: SessionId) -> Result<(), StoreError> {
        self.delete_where(id, |_| true).await
    }

    /// As `delete_session`, of one that ended and did not change since a moment.
    ///
    /// # Errors
    /// `ClipsError::NotFound` where it is gone, or did change.
    pub async fn delete_ended_before(
        &self,
        id: SessionId,
        moment: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let is_ended =
            |row: &session::Model| row.status == session::Status::Ended && row.updated_at < moment;
        self.delete_where(id, is_ended).await
    }

    /// The sessions that ended and did not change since a moment, the oldest first.
    ///
    /// # Errors
    /// `StoreError::Database` where the database can't tell.
    pub async fn ended_before(
        &self,
        moment: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<SessionId>, StoreError> {
        let ids: Vec<Uuid> = session::Entity::find()
            .select_only()
            .column(session::Column::Id)
            .filter(session::Column::Status.eq(session::Status::Ended))
            .filter(session::Column::UpdatedAt.lt(moment))
            .order_by_asc(session::Column::UpdatedAt)
            .limit(limit)
            .into_tuple()
            .all(&self.pools.reader)
            .await?;
        Ok(ids.into_iter().map(SessionId).collect())
    }

    async fn delete_where(
        &self,
        id: SessionId,
        is_meant: impl FnOnce(&session::Model) -> bool,
    ) -> Result<(), StoreError> {
        // Under its lock: a press that is being written comes before, and goes too.
        let (tx, change) = Change::begin(self, id).await?;
        if !is_meant(&change.session) {
            return Err(ClipsError::NotFound.into());
        }
        session::Entity::delete_by_id(id.0).exec(&tx).await?;
        dialect::tell(&tx, &[id]).await?;
        tx.commit().await?;
        self.forget(&change.session.code);
        Ok(())
    }
}
