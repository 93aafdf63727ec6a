//! Server functions about rehearsals: throw-away sessions that prove the way of a press before the stream.

use leptos::server;

use crate::{
    clips::ServiceError,
    domain::{access::Opened, code::Code},
    json::Json,
};

/// Opens a throw-away session to rehearse this one in. See `Clips::open_rehearsal`.
#[server(prefix = "/rpc", endpoint = "open_rehearsal", input = Json, output = Json)]
pub async fn open_rehearsal(code: Code) -> Result<Opened, ServiceError> {
    super::clips().open_rehearsal(&code).await
}

/// Deletes a rehearsal. See `Clips::end_rehearsal`.
#[server(prefix = "/rpc", endpoint = "end_rehearsal", input = Json, output = Json)]
pub async fn end_rehearsal(code: Code) -> Result<(), ServiceError> {
    super::clips().end_rehearsal(&code).await
}
