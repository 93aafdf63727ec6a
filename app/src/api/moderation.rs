//! Server functions for moderating visitors, and for the moderation log.

use leptos::server;

use super::rpc::Rpc;
use crate::{
    domain::{
        code::Code,
        filter::Filter,
        moderation::{ModerationAction, ModerationId, Swept, Undoing},
        timestamp::{Place, TimestampId},
    },
    service::ServiceError,
};

/// Hides all that match a filter. See `SessionService::hide_filtered`.
#[server(prefix = "/rpc", endpoint = "hide_filtered", protocol = Rpc)]
pub async fn hide_filtered(
    code: Code,
    filter: Filter,
    before: Option<Place>,
    act: ModerationId,
) -> Result<Swept, ServiceError> {
    super::service()
        .hide_filtered(&code, filter, before, act)
        .await
}

/// Hides all of a visitor. See `SessionService::hide_visitor`.
#[server(prefix = "/rpc", endpoint = "hide_visitor", protocol = Rpc)]
pub async fn hide_visitor(
    code: Code,
    id: TimestampId,
    act: ModerationId,
) -> Result<(), ServiceError> {
    super::service().hide_visitor(&code, id, act).await
}

/// Blocks a visitor. See `SessionService::block`.
#[server(prefix = "/rpc", endpoint = "block", protocol = Rpc)]
pub async fn block(code: Code, id: TimestampId, act: ModerationId) -> Result<(), ServiceError> {
    super::service().block(&code, id, act).await
}

/// Undoes a moderation action. See `SessionService::undo`.
#[server(prefix = "/rpc", endpoint = "undo", protocol = Rpc)]
pub async fn undo(code: Code, act: ModerationId) -> Result<Undoing, ServiceError> {
    super::service().undo(&code, act).await
}

/// The moderation log. See `SessionService::moderations`.
#[server(prefix = "/rpc", endpoint = "moderations", protocol = Rpc)]
pub async fn moderations(
    code: Code,
    before: Option<ModerationId>,
) -> Result<Vec<ModerationAction>, ServiceError> {
    super::service().moderations(&code, before).await
}
