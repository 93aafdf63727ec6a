//! Control links that were replaced: the newest are kept, and the others deleted with their grants, some with each replacement.

use entity::{access_key, grant};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::{SessionId, StoreError, erasure};

/// How many control links that were replaced a session keeps: more than anybody replaces while one request is repeated.
const KEPT: u64 = 20;
/// How many earlier ones are deleted at once. Sessions of earlier builds may have kept thousands.
const DELETED_AT_ONCE: u64 = 100;
/// Of how many visitors their grants are deleted at once, while presses wait: a link that leaked may have been redeemed by anybody.
const VISITORS_AT_ONCE: u64 = 500;

/// Deletes control links that were replaced long ago, with their grants: whoever asks for somebody's role would have to look
/// at them for ever. What was done with them stays in the log. Where there is more than is deleted at once, the next replacement
/// goes on.
pub(super) async fn delete_some(
    tx: &DatabaseTransaction,
    session: SessionId,
) -> Result<(), StoreError> {
    let replaced: Vec<Uuid> = access_key::Entity::find()
        .select_only()
        .column(access_key::Column::Id)
        .filter(access_key::Column::SessionId.eq(session.0))
        .filter(access_key::Column::Role.eq(access_key::Role::Streamer))
        .filter(access_key::Column::RevokedAt.is_not_null())
        .order_by_desc(access_key::Column::CreatedAt)
        .order_by_desc(access_key::Column::Id)
        .offset(KEPT)
        .limit(DELETED_AT_ONCE)
        .into_tuple()
        .all(tx)
        .await?;
    // Deleting the links would delete all of these, however many there are.
    if delete_grants(tx, session, &replaced).await? >= VISITORS_AT_ONCE {
        return Ok(());
    }
    let deleted = access_key::Entity::delete_many()
        .filter(access_key::Column::SessionId.eq(session.0))
        .filter(access_key::Column::Id.is_in(replaced))
        .exec(tx)
        .await?;
    // Streams end when the number of links that were revoked grows, so it must not shrink.
    erasure::count_erased(tx, session, deleted.rows_affected).await
}

/// Deletes the grants of these links that some visitors have, and returns how many grants it was about at least.
async fn delete_grants(
    tx: &DatabaseTransaction,
    session: SessionId,
    links: &[Uuid],
) -> Result<u64, StoreError> {
    let of_links = grant::Column::AccessKeyId.is_in(links.iter().copied());
    let visitors: Vec<Uuid> = grant::Entity::find()
        .select_only()
        .column(grant::Column::VisitorId)
        .filter(grant::Column::SessionId.eq(session.0))
        .filter(of_links.clone())
        .limit(VISITORS_AT_ONCE)
        .into_tuple()
        .all(tx)
        .await?;
    let some = visitors.len() as u64;
    grant::Entity::delete_many()
        .filter(grant::Column::SessionId.eq(session.0))
        .filter(of_links)
        .filter(grant::Column::VisitorId.is_in(visitors))
        .exec(tx)
        .await?;
    Ok(some)
}
