//! Server functions about control and moderator links.

use leptos::server;

use super::rpc::Rpc;
use crate::{
    domain::{
        access::{AccessKey, Link, LinkId, NewLink, Redemption},
        code::Code,
        idempotency::IdempotencyKey,
    },
    service::ServiceError,
};

/// Redeems the key of a link. See `SessionService::redeem`.
#[server(prefix = "/rpc", endpoint = "redeem", protocol = Rpc)]
pub async fn redeem(code: Code, key: AccessKey) -> Result<Redemption, ServiceError> {
    super::service().redeem(&code, key).await
}

/// The session's links. See `SessionService::links`.
#[server(prefix = "/rpc", endpoint = "links", protocol = Rpc)]
pub async fn links(code: Code) -> Result<Vec<Link>, ServiceError> {
    super::service().links(&code).await
}

/// Creates a moderator link. See `SessionService::mint_link`.
#[server(prefix = "/rpc", endpoint = "mint_link", protocol = Rpc)]
pub async fn mint_link(
    code: Code,
    label: String,
    #[server(default)] idempotency_key: Option<IdempotencyKey>,
) -> Result<NewLink, ServiceError> {
    let label = label.try_into()?;
    super::service()
        .mint_link(&code, label, idempotency_key)
        .await
}

/// Revokes a moderator link. See `SessionService::revoke_link`.
#[server(prefix = "/rpc", endpoint = "revoke_link", protocol = Rpc)]
pub async fn revoke_link(code: Code, id: LinkId) -> Result<(), ServiceError> {
    super::service().revoke_link(&code, id).await
}

/// Replaces the control link. See `SessionService::replace_control_link`.
#[server(prefix = "/rpc", endpoint = "replace_control_link", protocol = Rpc)]
pub async fn replace_control_link(
    code: Code,
    #[server(default)] idempotency_key: Option<IdempotencyKey>,
) -> Result<NewLink, ServiceError> {
    super::service()
        .replace_control_link(&code, idempotency_key)
        .await
}
