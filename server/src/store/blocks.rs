//! Blocked visitors: what they press is hidden from the start.

use std::collections::{BTreeSet, HashMap};

use entity::{moderation, session};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{ExprTrait, SimpleExpr},
};
use uuid::Uuid;

use super::{SessionId, StoreError, VisitorId};

/// The blocked visitors of one session, each with the action that blocked them.
pub(super) type Blocks = HashMap<VisitorId, Uuid>;

/// Which of these visitors are blocked, by session. Usually nobody is, and then nothing is queried.
pub(super) async fn of_each(
    tx: &DatabaseTransaction,
    sessions: impl Iterator<Item = &session::Model>,
    visitors: impl Iterator<Item = Uuid>,
) -> Result<HashMap<SessionId, Blocks>, StoreError> {
    let sessions = sessions.filter(|session| session.blocks > 0);
    let sessions: Vec<_> = sessions.map(|session| session.id).collect();
    let mut of_each: HashMap<SessionId, Blocks> = HashMap::new();
    if sessions.is_empty() {
        return Ok(of_each);
    }
    let visitors: BTreeSet<_> = visitors.collect();
    let rows = moderation::Entity::find()
        .filter(moderation::Column::SessionId.is_in(sessions))
        .filter(moderation::Column::VisitorId.is_in(visitors))
        .filter(is_block())
        .all(tx)
        .await?;
    for row in rows {
        if let Some(visitor) = row.visitor_id {
            let blocks = of_each.entry(SessionId(row.session_id)).or_default();
            blocks.insert(VisitorId(visitor), row.id);
        }
    }
    Ok(of_each)
}

/// Everybody who is blocked in a session.
pub(super) async fn all(
    tx: &DatabaseTransaction,
    session: Uuid,
) -> Result<Vec<VisitorId>, StoreError> {
    let visitors: Vec<Option<Uuid>> = moderation::Entity::find()
        .select_only()
        .column(moderation::Column::VisitorId)
        .filter(moderation::Column::SessionId.eq(session))
        .filter(is_block())
        .into_tuple()
        .all(tx)
        .await?;
    Ok(visitors.into_iter().flatten().map(VisitorId).collect())
}

/// Whether a visitor is blocked in a session.
pub(super) async fn holds(
    tx: &DatabaseTransaction,
    session: Uuid,
    visitor: VisitorId,
) -> Result<bool, StoreError> {
    Ok(of(tx, session, visitor).await?.is_some())
}

/// The action that blocks a visitor in a session, if one does.
pub(super) async fn of(
    tx: &DatabaseTransaction,
    session: Uuid,
    visitor: VisitorId,
) -> Result<Option<Uuid>, StoreError> {
    let block = moderation::Entity::find()
        .filter(moderation::Column::SessionId.eq(session))
        .filter(moderation::Column::VisitorId.eq(visitor.0))
        .filter(is_block())
        .one(tx)
        .await?;
    Ok(block.map(|block| block.id))
}

fn is_block() -> SimpleExpr {
    let block = moderation::Column::Kind.eq(moderation::ActionKind::Block);
    block.and(moderation::Column::UndoneAt.is_null())
}
