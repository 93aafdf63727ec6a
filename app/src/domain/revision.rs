//! The cursor of the live feed: an epoch and a revision.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Counts the rows ever written in a session: gap-free and in commit order, because it grows under the session's lock.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Revision(pub i64);

/// Identifies one history of the database: a restored copy gets another one, so that old cursors don't match it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Epoch(pub u64);

/// How far a page has read: the id of a live event, written `epoch.revision`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cursor {
    /// The history that it belongs to.
    pub epoch: Epoch,
    /// The last revision that was read.
    pub revision: Revision,
}

/// The input is not a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("A cursor is written epoch.revision, like 9f86d081884c7d65.42.")]
pub struct NotACursor;

impl Cursor {
    /// Whether it is of the same epoch as another one, and earlier. Cursors of two epochs have no order.
    pub fn is_behind(self, other: Self) -> bool {
        self.epoch == other.epoch && self.revision < other.revision
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for Epoch {
    type Err = NotACursor;

    fn from_str(raw: &str) -> Result<Self, NotACursor> {
        let hex = raw.len() == 16 && raw.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u64::from_str_radix(raw, 16) {
            Ok(epoch) if hex => Ok(Self(epoch)),
            _ => Err(NotACursor),
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch, self.revision.0)
    }
}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(raw: &str) -> Result<Self, NotACursor> {
        let (epoch, revision) = raw.split_once('.').ok_or(NotACursor)?;
        let digits = !revision.is_empty() && revision.bytes().all(|byte| byte.is_ascii_digit());
        match revision.parse() {
            Ok(revision) if digits => Ok(Self {
                epoch: epoch.parse()?,
                revision: Revision(revision),
            }),
            _ => Err(NotACursor),
        }
    }
}

impl TryFrom<String> for Cursor {
    type Error = NotACursor;

    fn try_from(raw: String) -> Result<Self, NotACursor> {
        raw.parse()
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        cursor.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn half_a_cursor_is_none() {
        for raw in [
            "",
            ".",
            "9f86d081884c7d65",
            "9f86d081884c7d65.",
            "9f86d081884c7d65.-1",
            "9f86d081884c7d65.+1",
            "+f86d081884c7d65.1",
            "9f86.1",
        ] {
            assert_eq!(raw.parse::<Cursor>(), Err(NotACursor), "{raw:?}");
        }
    }

    #[test]
    fn a_cursor_is_behind_later_ones_of_its_own_history_only() {
        let cursor = |epoch, revision| Cursor {
            epoch: Epoch(epoch),
            revision: Revision(revision),
        };
        assert!(cursor(1, 4).is_behind(cursor(1, 5)));
        assert!(!cursor(1, 5).is_behind(cursor(1, 5)));
        assert!(!cursor(1, 6).is_behind(cursor(1, 5)));
        assert!(!cursor(2, 4).is_behind(cursor(1, 5)));
    }

    proptest! {
        #[test]
        fn a_cursor_reads_back_as_itself(epoch: u64, revision in 0..i64::MAX) {
            let cursor = Cursor { epoch: Epoch(epoch), revision: Revision(revision) };
            prop_assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor));
        }

        #[test]
        fn no_input_makes_the_parser_panic(raw in "[\\s\\S]{0,40}|[0-9a-f]{16}\\.[0-9]{0,30}") {
            let _ = raw.parse::<Cursor>();
        }
    }
}
