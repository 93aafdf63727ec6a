//! Rehearsals: throw-away sessions that prove the way of a press. They bend no rule, and are deleted whole.

use app::{clips::ClipsError, domain::access::Opened};
use entity::session;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{SessionId, Store, StoreError, VisitorId, change::Change, dialect, sessions::New};
use crate::{seed::Seed, world::Clock};

/// A rehearsal that was opened.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// Its code and control key.
    pub opened: Opened,
    /// The older rehearsals of the same session, deleted now.
    pub deleted: Vec<SessionId>,
}

impl Store {
    /// Opens a rehearsal of a session, in the place of older ones.
    ///
    /// # Errors
    /// `ClipsError::Invalid` where the session is a rehearsal itself.
    pub async fn open_rehearsal(
        &self,
        clock: &Clock,
        of: SessionId,
        visitor: VisitorId,
    ) -> Result<Rehearsal, StoreError> {
        let (tx, change) = Change::begin(self, of).await?;
        if change.session.rehearsal_of.is_some() {
            return Err(ClipsError::Invalid("A rehearsal can't be rehearsed.".into()).into());
        }
        let older = session::Entity::find()
            .filter(session::Column::RehearsalOf.eq(of.0))
            .all(&tx)
            .await?;
        session::Entity::delete_many()
            .filter(session::Column::RehearsalOf.eq(of.0))
            .exec(&tx)
            .await?;
        let now = clock.now();
        let new = New {
            title: &change.session.title,
            game: &change.session.game,
            rehearsal_of: Some(of.0),
            seed: Seed::random(),
        };
        let opened = new.insert(&tx, now, visitor).await?;
        let deleted: Vec<_> = older.iter().map(|row| SessionId(row.id)).collect();
        dialect::tell(&tx, &deleted).await?;
        change.done(tx, (), now).await?;
        older.iter().for_each(|row| self.forget(&row.code));
        Ok(Rehearsal { opened, deleted })
    }

    /// Deletes a rehearsal, with all that it holds.
    ///
    /// # Errors
    /// `ClipsError::Invalid` where the session is a real one: those are never deleted this way.
    pub async fn end_rehearsal(&self, session: SessionId) -> Result<(), StoreError> {
        let (tx, change) = Change::begin(self, session).await?;
        if change.session.rehearsal_of.is_none() {
            return Err(ClipsError::Invalid("This is no rehearsal: it stays.".into()).into());
        }
        session::Entity::delete_by_id(session.0).exec(&tx).await?;
        dialect::tell(&tx, &[session]).await?;
        tx.commit().await?;
        self.forget(&change.session.code);
        Ok(())
    }
}
