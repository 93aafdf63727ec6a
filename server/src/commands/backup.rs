//! `backup FILE`: a copy of the embedded database, made while servers run.

use std::path::Path;

use super::CommandError;
use crate::store;

/// Writes the copy.
pub(super) async fn run(database_url: &str, file: &Path) -> Result<String, CommandError> {
    store::back_up(database_url, file).await?;
    let size = std::fs::metadata(file).map_or(0, |file| file.len());
    Ok(format!(
        "{} holds a copy, {size} bytes, with an epoch of its own; to go back to it, stop the server, put it in the place of the database, and remove the -wal and -shm beside that",
        file.display()
    ))
}
