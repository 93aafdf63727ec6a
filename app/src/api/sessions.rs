//! Server functions about sessions.

use leptos::server;

use super::rpc::Rpc;
use crate::{
    domain::{
        access::CreatedSession,
        code::Code,
        idempotency::IdempotencyKey,
        labels::RawLabel,
        lead::RawTiming,
        lead_measure::Measured,
        offset::Offset,
        role::{Audience, Role},
        rules::{RawSettings, Settings},
        session::{Session, SessionDetails},
        snapshot::{Desk, Page, Snapshot},
        stream_command::StreamCommand,
        timestamp::Place,
    },
    service::{OwnSession, ServiceError},
};

/// Opens a session. See `SessionService::open_session`.
#[server(prefix = "/rpc", endpoint = "open_session", protocol = Rpc)]
pub async fn open_session(
    title: String,
    game: String,
    #[server(default)] like: Option<Code>,
    #[server(default)] idempotency_key: Option<IdempotencyKey>,
) -> Result<CreatedSession, ServiceError> {
    let (title, game) = (title.try_into()?, game.try_into()?);
    super::service()
        .open_session(title, game, like, idempotency_key)
        .await
}

/// The sessions that this browser controls or moderates. See `SessionService::own_sessions`.
#[server(prefix = "/rpc", endpoint = "own_sessions", protocol = Rpc)]
pub async fn own_sessions() -> Result<Vec<OwnSession>, ServiceError> {
    super::service().own_sessions().await
}

/// The role of this browser in a session. See `SessionService::role`.
#[server(prefix = "/rpc", name = RoleCall, endpoint = "role", protocol = Rpc)]
pub async fn role(code: Code) -> Result<Role, ServiceError> {
    super::service().role(&code).await
}

/// The current session. See `SessionService::snapshot`.
#[server(prefix = "/rpc", name = SnapshotCall, endpoint = "snapshot", protocol = Rpc)]
pub async fn snapshot(code: Code, audience: Audience) -> Result<Snapshot, ServiceError> {
    super::service().snapshot(&code, audience).await
}

/// What a staff page starts from. See `SessionService::desk`.
#[server(prefix = "/rpc", name = DeskCall, endpoint = "desk", protocol = Rpc)]
pub async fn desk(code: Code) -> Result<Desk, ServiceError> {
    super::service().desk(&code).await
}

/// An older page of the list. See `SessionService::page`.
#[server(prefix = "/rpc", name = PageCall, endpoint = "page", protocol = Rpc)]
pub async fn page(code: Code, audience: Audience, before: Place) -> Result<Page, ServiceError> {
    super::service().page(&code, audience, before).await
}

/// Executes a stream command. See `SessionService::act`.
#[server(prefix = "/rpc", name = ActCall, endpoint = "act", protocol = Rpc)]
pub async fn act(code: Code, act: StreamCommand) -> Result<Session, ServiceError> {
    super::service().act(&code, act).await
}

/// Changes title and game, and the timing if there is one: pages of earlier builds send none. `began` is what the page showed
/// when the editing began. See `SessionService::edit_session`.
#[server(prefix = "/rpc", endpoint = "edit_session", protocol = Rpc)]
pub async fn edit_session(
    code: Code,
    title: String,
    game: String,
    #[server(default)] timing: Option<RawTiming>,
    #[server(default)] began: Option<SessionDetails>,
) -> Result<Session, ServiceError> {
    let (title, game) = (title.try_into()?, game.try_into()?);
    let timing = timing.map(TryInto::try_into).transpose()?;
    super::service()
        .edit_session(&code, title, game, timing, began)
        .await
}

/// Deletes the session, so that it can be restored for a day. See `SessionService::trash_session`.
#[server(prefix = "/rpc", endpoint = "trash_session", protocol = Rpc)]
pub async fn trash_session(code: Code) -> Result<(), ServiceError> {
    super::service().trash_session(&code).await
}

/// Restores a deleted session. See `SessionService::restore_session`.
#[server(prefix = "/rpc", endpoint = "restore_session", protocol = Rpc)]
pub async fn restore_session(code: Code) -> Result<(), ServiceError> {
    super::service().restore_session(&code).await
}

/// The session's settings. See `SessionService::settings`.
#[server(prefix = "/rpc", name = SettingsCall, endpoint = "settings", protocol = Rpc)]
pub async fn settings(code: Code) -> Result<Settings, ServiceError> {
    super::service().settings(&code).await
}

/// Changes the session's settings. `began` are those that the page showed when the editing began. See
/// `SessionService::set_settings`.
#[server(prefix = "/rpc", endpoint = "set_settings", protocol = Rpc)]
pub async fn set_settings(
    code: Code,
    settings: RawSettings,
    #[server(default)] began: Option<Settings>,
) -> Result<(), ServiceError> {
    let settings = settings.try_into()?;
    super::service().set_settings(&code, settings, began).await
}

/// Changes the labels that viewers are offered. `began` are those that the page showed when the editing began. See
/// `SessionService::set_labels`.
#[server(prefix = "/rpc", endpoint = "set_labels", protocol = Rpc)]
pub async fn set_labels(
    code: Code,
    labels: Vec<RawLabel>,
    #[server(default)] began: Option<Vec<RawLabel>>,
) -> Result<Session, ServiceError> {
    let parse = |labels: Vec<RawLabel>| {
        let labels = labels.into_iter().map(TryInto::try_into);
        labels.collect::<Result<Vec<_>, _>>()
    };
    let (labels, began) = (parse(labels)?, began.map(parse).transpose()?);
    super::service().set_labels(&code, labels, began).await
}

/// Measures how late viewers press. See `SessionService::measure_lead`.
#[server(prefix = "/rpc", endpoint = "measure_lead", protocol = Rpc)]
pub async fn measure_lead(
    code: Code,
    segment: u32,
    said_at: Offset,
) -> Result<Measured, ServiceError> {
    super::service().measure_lead(&code, segment, said_at).await
}
