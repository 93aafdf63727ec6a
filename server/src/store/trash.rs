//! The trash: sessions that their streamer deleted, or that were deleted by their age, and can be restored for a day.

use app::{
    domain::{
        code::Code,
        role::Role,
        session::{RESTORABLE_FOR, Session},
    },
    service::ServiceError,
};
use entity::session;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    SessionId, Store, StoreError, VisitorId, access,
    pools::Lane,
    rows::to_session,
    segments, session_rows,
    session_tx::{Committed, SessionTx},
};
use crate::clock::Clock;

/// A session that exists, or can be restored.
#[derive(Clone, Debug)]
pub struct KeptSession {
    /// Its id.
    pub id: SessionId,
    /// Its state.
    pub session: Session,
    /// The caller's role in it.
    pub role: Role,
    /// Whether it has to be restored before anybody finds it.
    pub is_in_trash: bool,
}

impl Store {
    /// Puts a session into the trash: nobody can find it any more, as if it were deleted, until it is restored. Its rows are
    /// deleted by `purge` after `RESTORABLE_FOR`; those of its rehearsals at once. If it is in there already, nothing happens.
    ///
    /// # Errors
    /// `ServiceError::NotFound` if it is gone, `ServiceError::SessionActive` if it is active.
    pub async fn trash_session(&self, clock: &Clock, id: SessionId) -> Result<(), StoreError> {
        let is_over = |row: &session::Model| match row.status {
            session::Status::Active => Err(ServiceError::SessionActive),
            session::Status::Paused | session::Status::Ended => Ok(()),
        };
        let trashed = self.delete_where(clock, id, Some(RESTORABLE_FOR), is_over);
        match trashed.await {
            Err(error) if error.is_gone() && self.is_in_trash(id, clock).await? => Ok(()),
            trashed => trashed,
        }
    }

    async fn is_in_trash(&self, id: SessionId, clock: &Clock) -> Result<bool, StoreError> {
        let row = session_rows::restorable(clock.now()).filter(session::Column::Id.eq(id.0));
        self.query(async |database| Ok(row.one(database).await?.is_some()))
            .await
    }

    /// Takes a session out of the trash. If it is not in there any more because it was restored, nothing happens.
    ///
    /// # Errors
    /// `ServiceError::NotFound` if it is too late.
    pub async fn restore_session(
        &self,
        clock: &Clock,
        code: &Code,
        id: SessionId,
    ) -> Result<(), StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, |writer| async move {
            let tx = writer.begin().await?;
            SessionTx::lock_rows(&tx, session_rows::kept(), [id]).await?;
            let now = clock.now();
            let is_restorable = session_rows::restorable(now)
                .filter(session::Column::Id.eq(id.0))
                .one(&tx)
                .await?
                .is_some();
            if !is_restorable {
                return match session_rows::find_existing(&tx, id).await? {
                    Some(_) => Ok(Committed::without_news(())),
                    None => Err(ServiceError::NotFound.into()),
                };
            }
            session::Entity::update_many()
                .col_expr(session::Column::DeletedAt, Expr::value(NEVER))
                .col_expr(session::Column::PurgeAfter, Expr::value(NEVER))
                // Otherwise an old session would soon be deleted again, by its age.
                .col_expr(session::Column::UpdatedAt, Expr::value(now))
                .filter(session::Column::Id.eq(id.0))
                .exec(&tx)
                .await?;
            tx.commit().await?;
            Ok(Committed::without_news(()))
        })
        .await?;
        self.is_found_again(code);
        Ok(())
    }

    /// Takes back that a session in the trash can be restored: `purge` may delete its rows. Whether it was in there; one that is
    /// not is left as it is.
    ///
    /// # Errors
    /// `StoreError::Database` if the database fails.
    pub async fn empty_trash_of(&self, id: SessionId) -> Result<bool, StoreError> {
        self.write(Lane::Requests, |writer| async move {
            let tx = writer.begin().await?;
            SessionTx::lock_rows(&tx, session_rows::kept(), [id]).await?;
            let emptied = session::Entity::update_many()
                .col_expr(session::Column::PurgeAfter, Expr::value(NEVER))
                .filter(session::Column::Id.eq(id.0))
                .filter(session::Column::DeletedAt.is_not_null())
                .exec(&tx)
                .await?;
            tx.commit().await?;
            Ok(Committed::without_news(emptied.rows_affected > 0))
        })
        .await
    }

    /// The session with this code, in the trash or not, and this visitor's role in it. A session that can't be restored any
    /// more is not found.
    ///
    /// # Errors
    /// `StoreError::Database` if it can't be read.
    pub async fn load_kept_for(
        &self,
        clock: &Clock,
        code: &Code,
        visitor: VisitorId,
    ) -> Result<Option<KeptSession>, StoreError> {
        let now = clock.now();
        self.read(async |tx| {
            for (among, is_in_trash) in [
                (session_rows::existing(), false),
                (session_rows::restorable(now), true),
            ] {
                let row = among
                    .filter(session::Column::Code.eq(code.as_str()))
                    .one(tx)
                    .await?;
                if let Some(row) = row {
                    let last = segments::last(tx, row.id).await?;
                    return Ok(Some(KeptSession {
                        id: SessionId(row.id),
                        session: to_session(&row, last.as_ref())?,
                        role: access::role(tx, row.id, visitor).await?,
                        is_in_trash,
                    }));
                }
            }
            Ok(None)
        })
        .await
    }
}

/// The time of what has not happened.
const NEVER: Option<chrono::DateTime<chrono::Utc>> = None;
