//! The server function by which staff pages say that they are open.

use leptos::server;

use super::rpc::Rpc;
use crate::{
    domain::{
        code::Code,
        presence::{Announced, Announcement},
    },
    service::ServiceError,
};

/// Takes note that a staff page is open or is being left. See `SessionService::announce`.
#[server(prefix = "/rpc", name = AnnounceCall, endpoint = "announce", protocol = Rpc)]
pub async fn announce(code: Code, announcement: Announcement) -> Result<Announced, ServiceError> {
    super::service().announce(&code, announcement).await
}
