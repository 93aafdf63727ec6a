//! Which of the databases' errors a retry can cure.

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// Whether a retry can succeed: the connection was lost, the pool was exhausted, or a lock or time limit expired.
pub(in crate::store) fn is_retryable(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
            match cause.as_ref() {
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::BeginFailed
                | sqlx::Error::WorkerCrashed => true,
                sqlx::Error::Database(told) => {
                    told.code().is_some_and(|code| is_retryable_code(&code))
                }
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether another transaction held a row's lock for too long. On SQLite there is one lock for all, and nobody else has any.
pub(in crate::store) fn is_lock_timeout(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) =
        error
    else {
        return false;
    };
    let told = cause.as_database_error().and_then(|told| told.code());
    told.is_some_and(|code| code == "55P03")
}

/// Postgres' five-character codes and SQLite's numbers, which can't be confused with each other.
fn is_retryable_code(code: &str) -> bool {
    if let (true, Ok(number)) = (code.len() < 5, code.parse::<u32>()) {
        // SQLITE_BUSY and SQLITE_LOCKED, SQLITE_IOERR and SQLITE_FULL; extended codes carry more above the lowest byte.
        return matches!(number & 0xff, 5 | 6 | 10 | 13);
    }
    let lost = code.starts_with("08") || code.starts_with("57P");
    // Disk full, out of memory, too many connections.
    let is_short_of_something = code.starts_with("53");
    // Cancelled by a timeout, lock not available, idle for too long, serialization failure, deadlock, disk failure,
    // read-only (another machine has taken over).
    lost || is_short_of_something
        || matches!(
            code,
            "57014" | "55P03" | "25P03" | "40001" | "40P01" | "58030" | "25006"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_go_better_next_time_is_told_from_what_cannot() {
        let busy_file = ["5", "6", "261", "517"];
        let full_or_failing_disk = ["13", "10", "778", "1034", "53100", "53200", "58030"];
        let away = [
            "08006", "57P01", "57P03", "57014", "53300", "40001", "40P01", "25P03", "25006",
        ];
        for code in busy_file.iter().chain(&full_or_failing_disk).chain(&away) {
            assert!(is_retryable_code(code), "{code}");
        }
        // A constraint, no database, no such table, wrong password.
        for code in ["19", "2067", "26", "1", "23505", "42P01", "28P01"] {
            assert!(!is_retryable_code(code), "{code}");
        }
    }
}
