//! Where every query of the session table starts. Deleted sessions stay in the table until the last of their rows is gone,
//! and nobody may find them. So no other file selects sessions, and the names here say which ones are included.

use entity::session;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Select};

use super::{SessionId, StoreError};

/// The sessions that are not deleted.
pub(super) fn existing() -> Select<session::Entity> {
    including_deleted().filter(session::Column::DeletedAt.is_null())
}

/// A session's row; `None` if it is gone, even while its rows are still being deleted.
///
/// # Errors
/// `StoreError::Database` if it can't be read.
pub(super) async fn find_existing(
    db: &impl ConnectionTrait,
    session: SessionId,
) -> Result<Option<session::Model>, StoreError> {
    let row = existing().filter(session::Column::Id.eq(session.0));
    Ok(row.one(db).await?)
}

/// The sessions that are deleted and still have rows.
pub(super) fn deleted() -> Select<session::Entity> {
    including_deleted().filter(session::Column::DeletedAt.is_not_null())
}

/// All sessions, for queries about the table itself, or for a check that includes deleted sessions.
pub(super) fn including_deleted() -> Select<session::Entity> {
    session::Entity::find()
}
