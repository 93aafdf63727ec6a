//! Server functions about moments.

use leptos::server;

use super::rpc::Rpc;
use crate::{
    domain::{
        code::Code,
        moderation::ModerationId,
        moments::{
            join::Join,
            moment::MomentId,
            moment_edit::{MomentBeganAt, MomentEditInput},
        },
    },
    service::ServiceError,
};

/// Joins a moment. See `SessionService::join_moment`.
#[server(prefix = "/rpc", endpoint = "join_moment", protocol = Rpc)]
pub async fn join_moment(code: Code, id: MomentId) -> Result<Join, ServiceError> {
    super::service().join_moment(&code, id).await
}

/// Does something to a moment. See `SessionService::edit_moment`. Tabs of earlier builds understand no other answer than none:
/// how many moments a merge took is told only to those that ask for it.
#[server(prefix = "/rpc", endpoint = "edit_moment", protocol = Rpc)]
pub async fn edit_moment(
    code: Code,
    id: MomentId,
    edit: MomentEditInput,
    act: ModerationId,
    #[server(default)] began_at: Option<MomentBeganAt>,
    #[server(default)] counts_merged: bool,
) -> Result<Option<u32>, ServiceError> {
    let edit = edit.parse()?;
    let service = super::service();
    let merged = service.edit_moment(&code, id, edit, act, began_at).await?;
    Ok(merged.filter(|_| counts_merged))
}

/// Which moment one is by now. See `SessionService::current_moment`.
#[server(prefix = "/rpc", endpoint = "current_moment", protocol = Rpc)]
pub async fn current_moment(code: Code, id: MomentId) -> Result<MomentId, ServiceError> {
    super::service().current_moment(&code, id).await
}
