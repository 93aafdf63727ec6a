//! The server function for what the staff do to moments.

use leptos::server;

use super::rpc::Rpc;
use crate::{
    domain::{
        code::Code,
        moderation::ModerationId,
        moments::{moment::MomentId, moment_edit::MomentEditInput},
    },
    service::ServiceError,
};

/// Does something to a moment. See `SessionService::edit_moment`.
#[server(prefix = "/rpc", endpoint = "edit_moment", protocol = Rpc)]
pub async fn edit_moment(
    code: Code,
    id: MomentId,
    edit: MomentEditInput,
    act: ModerationId,
) -> Result<(), ServiceError> {
    let edit = edit.parse()?;
    super::service().edit_moment(&code, id, edit, act).await
}
