//! The server's clock as a server function, for pages that need it before their live stream provides it.

use leptos::server;

use crate::{domain::change::Tick, json::Json, service::ServiceError};

/// The time of the server's clock. See `SessionService::now`.
#[server(prefix = "/rpc", name = NowCall, endpoint = "now", input = Json, output = Json)]
pub async fn now() -> Result<Tick, ServiceError> {
    super::service().now().await
}
