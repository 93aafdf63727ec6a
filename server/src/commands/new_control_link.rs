//! `new-control-link CODE`: for a streamer whose control link was lost or leaked.

use super::{CommandError, resolve_session};
use crate::{clock::Clock, idempotent_ids::Seed, store::Store};

/// Returns the new link. The pumps of running servers close pages that were opened with the old one.
pub(super) async fn run(
    store: &Store,
    clock: &Clock,
    public_url: &str,
    typed: &str,
) -> Result<String, CommandError> {
    let (code, id) = resolve_session(store, typed).await?;
    let minted = store
        .replace_control_link(clock, id, None, Seed::random())
        .await?;
    Ok(minted.created.key.link(public_url, &code))
}
