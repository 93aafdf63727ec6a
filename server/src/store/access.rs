//! Grants: who holds a link, and which role it gives.

use std::collections::HashMap;

use app::domain::{access::LinkId, role::Role, text::Label};
use chrono::{DateTime, Utc};
use entity::{access_key, grant};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, JoinType,
    QueryFilter, QueryOrder, QuerySelect, RelationTrait, sea_query::OnConflict,
};
use uuid::Uuid;

use super::{
    StoreError, VisitorId,
    rows::{to_kind, to_link},
};

/// Records that a visitor holds a link; recording it again changes nothing.
pub(super) async fn grant(
    tx: &DatabaseTransaction,
    session: Uuid,
    visitor: VisitorId,
    link: LinkId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = grant::ActiveModel {
        session_id: Set(session),
        visitor_id: Set(visitor.0),
        access_key_id: Set(link.0),
        created_at: Set(Some(now)),
    };
    let key = [
        grant::Column::SessionId,
        grant::Column::VisitorId,
        grant::Column::AccessKeyId,
    ];
    grant::Entity::insert(row)
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// The role of a visitor in a session: the highest of those whose links are valid.
pub(super) async fn role(
    db: &impl ConnectionTrait,
    session: Uuid,
    visitor: VisitorId,
) -> Result<Role, StoreError> {
    let roles: Vec<access_key::Role> = grant::Entity::find()
        .select_only()
        .column(access_key::Column::Role)
        .join(JoinType::InnerJoin, grant::Relation::AccessKey.def())
        .filter(grant::Column::SessionId.eq(session))
        .filter(grant::Column::VisitorId.eq(visitor.0))
        .filter(access_key::Column::RevokedAt.is_null())
        .into_tuple()
        .all(db)
        .await?;
    let highest = roles.into_iter().map(|role| to_kind(role).role()).max();
    Ok(highest.unwrap_or(Role::Viewer))
}

/// The label of the link by which a visitor is staff: of the highest role, and of the oldest link if there are several.
pub(super) async fn label(
    db: &impl ConnectionTrait,
    session: Uuid,
    visitor: VisitorId,
) -> Result<Option<Label>, StoreError> {
    let links = access_key::Entity::find()
        .join_rev(JoinType::InnerJoin, grant::Relation::AccessKey.def())
        .filter(grant::Column::SessionId.eq(session))
        .filter(grant::Column::VisitorId.eq(visitor.0))
        .filter(access_key::Column::RevokedAt.is_null())
        .order_by_asc(access_key::Column::CreatedAt)
        .all(db)
        .await?;
    // Of several equal ones, the last is taken.
    let highest = links
        .into_iter()
        .rev()
        .max_by_key(|link| to_kind(link.role).role());
    highest.map(|link| Ok(to_link(link)?.label)).transpose()
}

/// The roles of a visitor, in every session where they hold a valid link.
pub(super) async fn roles(
    db: &impl ConnectionTrait,
    visitor: VisitorId,
) -> Result<HashMap<Uuid, Role>, StoreError> {
    let rows: Vec<(Uuid, access_key::Role)> = grant::Entity::find()
        .select_only()
        .column(grant::Column::SessionId)
        .column(access_key::Column::Role)
        .join(JoinType::InnerJoin, grant::Relation::AccessKey.def())
        .filter(grant::Column::VisitorId.eq(visitor.0))
        .filter(access_key::Column::RevokedAt.is_null())
        .into_tuple()
        .all(db)
        .await?;
    let mut highest = HashMap::new();
    for (session, role) in rows {
        let role = to_kind(role).role();
        let entry = highest.entry(session).or_insert(role);
        *entry = role.max(*entry);
    }
    Ok(highest)
}
