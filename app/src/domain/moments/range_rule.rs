//! The rules of the ranges of moments: one for each thing that people do to them.

use thiserror::Error;

/// The rule that a change of a moment's range broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RangeRule {
    /// A moment ends no earlier than it starts, which is no later than now. It may be a single second.
    #[error("a moment can't end before it starts, or start in the future")]
    Bounds,
    /// A moment is split inside its range: both parts have a second.
    #[error("a moment can't be split outside of its range")]
    Split,
    /// A moment is merged with some others of its segment (`MomentEdit::MOST_MERGED`).
    #[error("a moment can't be merged with these")]
    Merge,
}
