//! Sessions that are deleted for good, with all that belongs to them.

use entity::session;
use sea_orm::EntityTrait;

use super::{SessionId, Store, StoreError, change::Change, dialect};

impl Store {
    /// Deletes a session, its rehearsals, and all that they hold. Whoever watches is told by the pump, which finds it gone.
    ///
    /// # Errors
    /// `ClipsError::NotFound` where it is gone already.
    pub async fn delete_session(&self, id: SessionId) -> Result<(), StoreError> {
        // Under its lock: a press that is being written comes before, and goes too.
        let (tx, change) = Change::begin(self, id).await?;
        session::Entity::delete_by_id(id.0).exec(&tx).await?;
        dialect::tell(&tx, &[id]).await?;
        tx.commit().await?;
        self.forget(&change.session.code);
        Ok(())
    }
}
