//! Server functions for rehearsals: throw-away sessions that test the path of a press before the stream.

use leptos::server;

use super::rpc::Rpc;
use crate::{
    domain::{access::CreatedSession, code::Code, idempotency::IdempotencyKey},
    service::ServiceError,
};

/// Opens a throw-away session to rehearse this one in. See `SessionService::open_rehearsal`.
#[server(prefix = "/rpc", endpoint = "open_rehearsal", protocol = Rpc)]
pub async fn open_rehearsal(
    code: Code,
    #[server(default)] idempotency_key: Option<IdempotencyKey>,
) -> Result<CreatedSession, ServiceError> {
    super::service()
        .open_rehearsal(&code, idempotency_key)
        .await
}

/// Deletes a rehearsal. See `SessionService::end_rehearsal`.
#[server(prefix = "/rpc", endpoint = "end_rehearsal", protocol = Rpc)]
pub async fn end_rehearsal(code: Code) -> Result<(), ServiceError> {
    super::service().end_rehearsal(&code).await
}
