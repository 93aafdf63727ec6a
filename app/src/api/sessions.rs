//! Server functions about sessions.

use leptos::server;

use crate::{
    clips::{OwnSession, ServiceError},
    domain::{
        access::Opened,
        act::Act,
        code::Code,
        idempotency::IdempotencyKey,
        role::{Audience, Role},
        rules::{RawSettings, Settings},
        session::Session,
        snapshot::{Desk, Page, Snapshot},
        timestamp::Place,
    },
    json::Json,
};

/// Opens a session. See `Clips::open_session`.
#[server(prefix = "/rpc", endpoint = "open_session", input = Json, output = Json)]
pub async fn open_session(
    title: String,
    game: String,
    #[server(default)] idempotency_key: Option<IdempotencyKey>,
) -> Result<Opened, ServiceError> {
    let (title, game) = (title.try_into()?, game.try_into()?);
    super::clips()
        .open_session(title, game, idempotency_key)
        .await
}

/// The sessions that this browser controls or moderates. See `Clips::own_sessions`.
#[server(prefix = "/rpc", endpoint = "own_sessions", input = Json, output = Json)]
pub async fn own_sessions() -> Result<Vec<OwnSession>, ServiceError> {
    super::clips().own_sessions().await
}

/// Who this browser is in a session. See `Clips::role`.
#[server(prefix = "/rpc", name = RoleCall, endpoint = "role", input = Json, output = Json)]
pub async fn role(code: Code) -> Result<Role, ServiceError> {
    super::clips().role(&code).await
}

/// The session as it stands. See `Clips::snapshot`.
#[server(prefix = "/rpc", name = SnapshotCall, endpoint = "snapshot", input = Json, output = Json)]
pub async fn snapshot(code: Code, audience: Audience) -> Result<Snapshot, ServiceError> {
    super::clips().snapshot(&code, audience).await
}

/// What a page of the staff starts from. See `Clips::desk`.
#[server(prefix = "/rpc", name = DeskCall, endpoint = "desk", input = Json, output = Json)]
pub async fn desk(code: Code) -> Result<Desk, ServiceError> {
    super::clips().desk(&code).await
}

/// An older page of the list. See `Clips::page`.
#[server(prefix = "/rpc", name = PageCall, endpoint = "page", input = Json, output = Json)]
pub async fn page(code: Code, audience: Audience, before: Place) -> Result<Page, ServiceError> {
    super::clips().page(&code, audience, before).await
}

/// Presses one of the streamer's buttons. See `Clips::act`.
#[server(prefix = "/rpc", name = ActCall, endpoint = "act", input = Json, output = Json)]
pub async fn act(code: Code, act: Act) -> Result<Session, ServiceError> {
    super::clips().act(&code, act).await
}

/// Changes title and game. See `Clips::edit_session`.
#[server(prefix = "/rpc", endpoint = "edit_session", input = Json, output = Json)]
pub async fn edit_session(
    code: Code,
    title: String,
    game: String,
) -> Result<Session, ServiceError> {
    let (title, game) = (title.try_into()?, game.try_into()?);
    super::clips().edit_session(&code, title, game).await
}

/// How the session is set. See `Clips::settings`.
#[server(prefix = "/rpc", name = SettingsCall, endpoint = "settings", input = Json, output = Json)]
pub async fn settings(code: Code) -> Result<Settings, ServiceError> {
    super::clips().settings(&code).await
}

/// Sets the session. See `Clips::set_settings`.
#[server(prefix = "/rpc", endpoint = "set_settings", input = Json, output = Json)]
pub async fn set_settings(code: Code, settings: RawSettings) -> Result<(), ServiceError> {
    let settings = settings.try_into()?;
    super::clips().set_settings(&code, settings).await
}
