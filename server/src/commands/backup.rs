//! `backup FILE`: a copy of the embedded database, made while servers run.

use std::path::Path;

use super::CommandError;
use crate::store;

/// Writes the copy.
pub(super) async fn run(database_url: &str, file: &Path) -> Result<String, CommandError> {
    store::back_up(database_url, file).await?;
    let size = std::fs::metadata(file).map_or(0, |file| file.len());
    Ok(format!(
        "{} holds a copy, {size} bytes, with an epoch of its own; to restore it, stop the server, replace the database with it, remove the database's -wal and -shm files, and if it was restored before, run new-epoch",
        file.display()
    ))
}
