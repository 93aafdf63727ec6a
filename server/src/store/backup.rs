//! Backup: a copy of an embedded database, made while servers run.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use sea_orm::{ConnectOptions, Database};

use super::{StoreError, connect, dialect, epoch};

/// Writes a consistent copy of the database that `url` names to a new file, whatever version of this program created it.
/// The copy has an epoch of its own, so that pages that are ahead of it load everything again.
///
/// # Errors
/// `StoreError::NoBackup` if the file exists or can't be written, `StoreError::NotEmbedded` on Postgres, and whatever keeps
/// the database from being opened.
pub async fn back_up(url: &str, file: &Path) -> Result<(), StoreError> {
    connect::with(url, async |database| {
        let fails = |why: String| StoreError::NoBackup {
            path: file.into(),
            why,
        };
        if file.exists() {
            return Err(fails("it exists already".into()));
        }
        // Under another name until it is complete, so that a file with the final name is always a whole backup.
        let part = part_of(file);
        File::create_new(&part).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                let part = part.display();
                fails(format!(
                    "another one still runs, or was cut off and left {part}: remove that"
                ))
            }
            _ => fails(error.to_string()),
        })?;
        let finished = async {
            let name = part.to_str().ok_or(fails("its name is no text".into()))?;
            dialect::copy_into(&database.writer, name).await?;
            give_own_epoch(&part).await?;
            keep(&part, file).map_err(|error| fails(error.to_string()))
        };
        let finished = finished.await;
        if finished.is_err() {
            // If it can't be removed, the next attempt reports that.
            let _ = std::fs::remove_file(&part);
        }
        match finished {
            Err(StoreError::Database(cause)) => Err(fails(super::error::cause(&cause))),
            other => other,
        }
    })
    .await
}

/// The name of a backup in progress.
fn part_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// Without a write-ahead log, so that the copy stays a single file.
async fn give_own_epoch(file: &Path) -> Result<(), StoreError> {
    let mut options = ConnectOptions::new("sqlite:");
    let file = file.to_owned();
    options
        .max_connections(1)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .filename(&file)
                .create_if_missing(false)
                .pragma("journal_mode", "DELETE")
                .pragma("synchronous", "FULL")
        });
    let copy = Database::connect(options).await?;
    let begun = epoch::begin(&copy).await;
    copy.close().await?;
    begun
}

/// Gives a finished backup its name, and syncs it so that it survives a power cut.
fn keep(part: &Path, file: &Path) -> io::Result<()> {
    File::open(part)?.sync_all()?;
    std::fs::rename(part, file)?;
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
