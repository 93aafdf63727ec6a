//! `new-control-link CODE`: for a streamer who lost the control link, or whose link others got hold of.

use super::{CommandError, resolve_session};
use crate::{clock::Clock, idempotent_ids::Seed, store::Store};

/// Answers the new link. Pages that were opened with the old one are ended by the pumps of the servers that run.
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
    Ok(minted.key.link(public_url, &code))
}
