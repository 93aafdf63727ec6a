//! How long a piece of work on the database may take, until it is given up.

use std::time::Duration;

use sea_orm::{DbErr, RuntimeErr};
use tokio::time::timeout;

use super::StoreError;

/// More than Postgres works on one statement. A database that vanished without a word (a cut wire, a frozen machine) would
/// else be waited for until TCP gives up, a quarter of an hour later, and a writer that waits records nothing.
pub const LONGEST_WORK: Duration = Duration::from_secs(15);

/// The same for a batch of presses, which takes milliseconds: the presses behind it must not wait for a connection that is
/// dead while the database is back.
pub const LONGEST_BATCH: Duration = Duration::from_secs(4);

/// Does a piece of work within `LONGEST_WORK`, or gives it up: see `within`.
///
/// # Errors
/// Those of the work, or one that passes.
pub async fn in_time<T>(
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    within(LONGEST_WORK, work).await
}

/// Does a piece of work, or gives it up: whether it was done is then not known, and asking again is safe for presses and
/// acts.
///
/// # Errors
/// Those of the work, or one that passes.
pub async fn within<T>(
    longest: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    timeout(longest, work).await.unwrap_or_else(|_| {
        let words = "the database said nothing for too long";
        Err(DbErr::Conn(RuntimeErr::Internal(words.into())).into())
    })
}
