//! The server's clock as a server function, for pages that need it before their live stream provides it.

use leptos::server;

use super::rpc::Rpc;
use crate::{domain::change::Tick, service::ServiceError};

/// The time of the server's clock. See `SessionService::now`.
#[server(prefix = "/rpc", name = NowCall, endpoint = "now", protocol = Rpc)]
pub async fn now() -> Result<Tick, ServiceError> {
    super::service().now().await
}
