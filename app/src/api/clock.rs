//! The server's clock as a server function, for pages that need it before their live stream tells it.

use leptos::server;

use crate::{clips::ServiceError, domain::change::Tick, json::Json};

/// What the server's clock shows. See `Clips::now`.
#[server(prefix = "/rpc", name = NowCall, endpoint = "now", input = Json, output = Json)]
pub async fn now() -> Result<Tick, ServiceError> {
    super::clips().now().await
}
