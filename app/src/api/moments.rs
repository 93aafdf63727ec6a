//! The server function for what the staff do to moments.

use leptos::server;

use super::rpc::Rpc;
use crate::{
    domain::{
        code::Code,
        moderation::ModerationId,
        moments::{
            moment::MomentId,
            moment_edit::{MomentBeganAt, MomentEditInput},
        },
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
    #[server(default)] began_at: Option<MomentBeganAt>,
) -> Result<(), ServiceError> {
    let edit = edit.parse()?;
    let service = super::service();
    service.edit_moment(&code, id, edit, act, began_at).await
}
