//! `new-epoch`: after a restore, pages that saw a later state must not confuse old revision numbers with new ones.

use super::CommandError;
use crate::store;

/// Starts a new epoch.
pub(super) async fn run(database_url: &str) -> Result<String, CommandError> {
    store::new_epoch(database_url).await?;
    Ok("the database has a new epoch; servers that run take it over within a second".into())
}
