//! Where every query of the session table starts. Deleted sessions stay in the table until the last of their rows is gone,
//! and nobody may find them. So no other file selects sessions, and the names here say which ones are included.

use chrono::{DateTime, TimeDelta, Utc};
use entity::session;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait,
    Select, sea_query::SelectStatement,
};

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

/// How long before its rows are deleted a session can no longer be restored: servers over one database tell the time
/// slightly differently, and none may restore what another is deleting.
const MARGIN: TimeDelta = TimeDelta::minutes(1);

/// The sessions that are not deleted, and those in the trash: whose rows must all be kept intact.
pub(super) fn kept() -> Select<session::Entity> {
    let column = session::Column::DeletedAt;
    including_deleted().filter(
        column
            .is_null()
            .or(session::Column::PurgeAfter.is_not_null()),
    )
}

/// The ids of the kept sessions, for what is to be found or erased of a visitor: what a deleted session has of them is deleted
/// with it some time later, and one in the trash may come back.
pub(super) fn kept_ids() -> SelectStatement {
    let ids = kept().select_only().column(session::Column::Id);
    ids.into_query()
}

/// The sessions in the trash that can still be restored.
pub(super) fn restorable(now: DateTime<Utc>) -> Select<session::Entity> {
    including_deleted()
        .filter(session::Column::DeletedAt.is_not_null())
        .filter(session::Column::PurgeAfter.gt(now + MARGIN))
}

/// The deleted sessions whose rows are to be deleted: at once, or after their time in the trash.
pub(super) fn purgeable(now: DateTime<Utc>) -> Select<session::Entity> {
    let column = session::Column::PurgeAfter;
    including_deleted()
        .filter(session::Column::DeletedAt.is_not_null())
        .filter(column.is_null().or(column.lte(now)))
}

/// The deleted sessions that are not in the trash.
pub(super) fn deleted_for_good() -> Select<session::Entity> {
    including_deleted()
        .filter(session::Column::DeletedAt.is_not_null())
        .filter(session::Column::PurgeAfter.is_null())
}

/// All sessions, for queries about the table itself, or for a check that includes deleted sessions.
pub(super) fn including_deleted() -> Select<session::Entity> {
    session::Entity::find()
}
