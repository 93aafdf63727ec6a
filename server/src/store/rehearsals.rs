//! Rehearsals: throw-away sessions that test the path of a press. The rules of every session apply, those that the
//! streamer set don't. They are deleted as a whole.

use app::{domain::invalid_input::InvalidInput, service::ServiceError};
use entity::session;
use sea_orm::ColumnTrait;

use super::{
    SessionId, Store, StoreError, VisitorId, deletion, dialect,
    pools::Lane,
    rows::to_labels,
    session_tx::Committed,
    sessions::{New, OpenedSession},
};
use crate::{clock::Clock, idempotent_ids::Seed};

impl Store {
    /// Opens a rehearsal of a session, and deletes older ones. Another attempt with the same seed opens and deletes nothing, and
    /// gets the first answer, even if that rehearsal is being deleted; it is remembered until it is purged.
    ///
    /// # Errors
    /// `ServiceError::Invalid` if the session is itself a rehearsal.
    pub async fn open_rehearsal(
        &self,
        clock: &Clock,
        of: SessionId,
        visitor: VisitorId,
        seed: Seed,
    ) -> Result<OpenedSession, StoreError> {
        let clock = clock.clone();
        let (created, older) = self
            .write(Lane::Requests, |writer| async move {
                let (tx, locked) = deletion::lock_with_rehearsals(&writer, of).await?;
                if locked.session.rehearsal_of.is_some() {
                    return Err(ServiceError::from(InvalidInput::NestedRehearsal).into());
                }
                let labels = to_labels(&locked.session)?.of_similar_session();
                let new = New {
                    title: &locked.session.title,
                    game: &locked.session.game,
                    labels: &labels,
                    like: None,
                    rehearsal_of: Some(of.0),
                    seed,
                };
                if let Some(opened) = new.opened_before(&tx).await? {
                    tx.rollback().await?;
                    return Ok(Committed::without_news((opened, None)));
                }
                let now = clock.now();
                let older =
                    deletion::mark(&tx, session::Column::RehearsalOf.eq(of.0), now, None).await?;
                let opened = new.insert(&tx, now, visitor).await?;
                dialect::notify(&tx, &older.ids).await?;
                tx.commit().await?;
                let news = older.ids.clone();
                Ok(Committed {
                    answer: (opened, Some(older)),
                    news,
                })
            })
            .await?;
        let is_new = older.is_some();
        if let Some(older) = older {
            self.is_deleted(&older);
        }
        Ok(OpenedSession { created, is_new })
    }

    /// Deletes a rehearsal, with all its data.
    ///
    /// # Errors
    /// `ServiceError::Invalid` if the session is a real one: those are never deleted this way.
    pub async fn end_rehearsal(&self, clock: &Clock, session: SessionId) -> Result<(), StoreError> {
        let is_rehearsal = |row: &session::Model| match row.rehearsal_of {
            Some(_) => Ok(()),
            None => Err(InvalidInput::NotARehearsal.into()),
        };
        self.delete_where(clock, session, None, is_rehearsal).await
    }
}
