//! What a session's page starts from: the code in its address, and the snapshot that the server rendered it with.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use crate::{
    api,
    clips::{ClipsError, FreshId},
    domain::{code::Code, role::Audience, snapshot::Snapshot, timestamp::TimestampId},
};

/// What a session's page starts from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loaded {
    /// The session, as the server rendered it.
    pub snapshot: Snapshot,
    /// The id that the form carries before there are scripts; none where the browser renders.
    pub form_id: Option<TimestampId>,
}

/// The code in the page's address, forgivingly read; what is no code is no session's.
pub fn use_code() -> Memo<Result<Code, ClipsError>> {
    let params = use_params_map();
    Memo::new(move |_| {
        let raw = params.read().get("code").unwrap_or_default();
        raw.parse().map_err(|_| ClipsError::NotFound)
    })
}

/// What the page starts from. The server sends it along, so that hydration asks for nothing.
pub fn use_session(audience: Audience) -> Resource<Result<Loaded, ClipsError>> {
    let code = use_code();
    Resource::new_blocking(
        move || code.get(),
        move |code| {
            let form_id = use_context::<FreshId>().map(|FreshId(make)| make());
            async move {
                let snapshot = api::sessions::snapshot(code?, audience).await?;
                Ok(Loaded { snapshot, form_id })
            }
        },
    )
}
