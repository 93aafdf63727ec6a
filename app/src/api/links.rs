//! Server functions about control and moderator links.

use leptos::server;

use crate::{
    clips::ServiceError,
    domain::{
        access::{AccessKey, Link, LinkId, MintedLink, Redeemed},
        code::Code,
        idempotency::IdempotencyKey,
    },
    json::Json,
};

/// Redeems the key of a link. See `Clips::redeem`.
#[server(prefix = "/rpc", endpoint = "redeem", input = Json, output = Json)]
pub async fn redeem(code: Code, key: AccessKey) -> Result<Redeemed, ServiceError> {
    super::clips().redeem(&code, key).await
}

/// The session's links. See `Clips::links`.
#[server(prefix = "/rpc", endpoint = "links", input = Json, output = Json)]
pub async fn links(code: Code) -> Result<Vec<Link>, ServiceError> {
    super::clips().links(&code).await
}

/// Makes a moderator link. See `Clips::mint_link`.
#[server(prefix = "/rpc", endpoint = "mint_link", input = Json, output = Json)]
pub async fn mint_link(
    code: Code,
    label: String,
    #[server(default)] idempotency_key: Option<IdempotencyKey>,
) -> Result<MintedLink, ServiceError> {
    let label = label.try_into()?;
    super::clips()
        .mint_link(&code, label, idempotency_key)
        .await
}

/// Revokes a moderator link. See `Clips::revoke_link`.
#[server(prefix = "/rpc", endpoint = "revoke_link", input = Json, output = Json)]
pub async fn revoke_link(code: Code, id: LinkId) -> Result<(), ServiceError> {
    super::clips().revoke_link(&code, id).await
}

/// Replaces the control link. See `Clips::replace_control_link`.
#[server(prefix = "/rpc", endpoint = "replace_control_link", input = Json, output = Json)]
pub async fn replace_control_link(
    code: Code,
    #[server(default)] idempotency_key: Option<IdempotencyKey>,
) -> Result<MintedLink, ServiceError> {
    super::clips()
        .replace_control_link(&code, idempotency_key)
        .await
}
