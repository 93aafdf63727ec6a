//! Server functions about timestamps.

use leptos::server;

use super::rpc::Rpc;
use crate::{
    domain::{
        code::Code,
        moderation::ModerationId,
        press::RawPress,
        timestamp::{BeganAt, Timestamp, TimestampId},
    },
    service::ServiceError,
};

/// Creates a timestamp. See `SessionService::submit`.
#[server(prefix = "/rpc", endpoint = "submit", protocol = Rpc)]
pub async fn submit(code: Code, press: RawPress) -> Result<Timestamp, ServiceError> {
    let press = press.try_into()?;
    super::service().submit(&code, press).await
}

/// Changes the note, the name and the label of one's own press. See `SessionService::edit_own`.
#[server(prefix = "/rpc", endpoint = "edit_own", protocol = Rpc)]
pub async fn edit_own(code: Code, press: RawPress) -> Result<Timestamp, ServiceError> {
    let press = press.try_into()?;
    super::service().edit_own(&code, press).await
}

/// Takes back one's own press. See `SessionService::take_back`.
#[server(prefix = "/rpc", endpoint = "take_back", protocol = Rpc)]
pub async fn take_back(code: Code, id: TimestampId) -> Result<(), ServiceError> {
    super::service().take_back(&code, id).await
}

/// One's own timestamps. See `SessionService::mine`.
#[server(prefix = "/rpc", name = MineCall, endpoint = "mine", protocol = Rpc)]
pub async fn mine(code: Code) -> Result<Vec<Timestamp>, ServiceError> {
    super::service().mine(&code).await
}

/// Hides timestamps. See `SessionService::hide`.
#[server(prefix = "/rpc", endpoint = "hide", protocol = Rpc)]
pub async fn hide(
    code: Code,
    ids: Vec<TimestampId>,
    #[server(default)] act: Option<ModerationId>,
) -> Result<(), ServiceError> {
    super::service().hide(&code, ids, act).await
}

/// Restores hidden timestamps. See `SessionService::restore`.
#[server(prefix = "/rpc", endpoint = "restore", protocol = Rpc)]
pub async fn restore(
    code: Code,
    ids: Vec<TimestampId>,
    #[server(default)] act: Option<ModerationId>,
) -> Result<(), ServiceError> {
    super::service().restore(&code, ids, act).await
}

/// Changes a note. See `SessionService::edit_note`.
#[server(prefix = "/rpc", endpoint = "edit_note", protocol = Rpc)]
pub async fn edit_note(
    code: Code,
    id: TimestampId,
    note: Option<String>,
    #[server(default)] began_at: Option<BeganAt>,
) -> Result<(), ServiceError> {
    let note = note.map(TryInto::try_into).transpose()?;
    super::service().edit_note(&code, id, note, began_at).await
}
