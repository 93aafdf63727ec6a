//! Why requests failed, and how often.

use std::{collections::BTreeMap, error::Error, fmt};

/// Why one failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Failure {
    /// It was answered with another status than wanted.
    Status(u16),
    /// The connection broke.
    Broken,
    /// It took too long.
    Late,
    /// So many were under way that it was not begun.
    NotBegun,
}

impl From<Box<dyn Error + Send + Sync>> for Failure {
    fn from(_: Box<dyn Error + Send + Sync>) -> Self {
        Self::Broken
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::Broken => f.write_str("broken"),
            Self::Late => f.write_str("late"),
            Self::NotBegun => f.write_str("not begun"),
        }
    }
}

/// How often which failure was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failures(BTreeMap<Failure, u64>);

impl Failures {
    /// Counts one.
    pub(crate) fn count(&mut self, failure: Failure) {
        *self.0.entry(failure).or_default() += 1;
    }

    /// Counts all of another run.
    pub(crate) fn add(&mut self, others: &Self) {
        for (failure, many) in &others.0 {
            *self.0.entry(*failure).or_default() += many;
        }
    }

    /// How many there were.
    pub(crate) fn all(&self) -> u64 {
        self.0.values().sum()
    }

    /// How many answers had a status that `is_wanted`.
    pub(crate) fn statuses(&self, is_wanted: impl Fn(u16) -> bool) -> u64 {
        let answered = self.0.iter().filter(|(failure, _)| match failure {
            Failure::Status(status) => is_wanted(*status),
            Failure::Broken | Failure::Late | Failure::NotBegun => false,
        });
        answered.map(|(_, many)| many).sum()
    }
}

/// `500: 3, late: 1`, or nothing.
impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = self.0.iter().map(|(why, many)| format!("{why}: {many}"));
        f.write_str(&told.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_told_by_kind() {
        let (mut some, mut others) = (Failures::default(), Failures::default());
        for failure in [
            Failure::Late,
            Failure::Status(500),
            Failure::Status(503),
            Failure::Late,
        ] {
            some.count(failure);
        }
        others.count(Failure::Status(429));
        others.count(Failure::Late);
        some.add(&others);
        assert_eq!(some.to_string(), "429: 1, 500: 1, 503: 1, late: 3");
        assert_eq!(some.all(), 6);
        assert_eq!(some.statuses(|status| status >= 500), 2);
        assert_eq!(Failures::default().to_string(), "");
    }
}
