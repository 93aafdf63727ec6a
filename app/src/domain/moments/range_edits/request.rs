//! What somebody asks of the ranges of moments, and why it may be refused.

use crate::domain::moments::{boundaries::Span, moment::MomentId, range_rule::RangeRule};

/// What somebody asks of a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RangeRequest {
    /// The moment and these others are to be one.
    Merge {
        /// The others.
        others: Vec<MomentId>,
        /// From the start of the first one to the end of the last one.
        range: Span,
    },
    /// The moment is to be two.
    Split {
        /// The first second of the later part.
        at: u32,
        /// The moment's range.
        range: Span,
        /// The second of each part, the earlier one's first, where its curve is highest.
        peaks: (u32, u32),
        /// The id of the new part.
        new: MomentId,
    },
    /// The moment is to have exactly this range.
    SetRange(Span),
}

impl RangeRequest {
    /// The rule that it breaks where it can't be done.
    pub fn rule(&self) -> RangeRule {
        match self {
            Self::Merge { .. } => RangeRule::Merge,
            Self::Split { .. } => RangeRule::Split,
            Self::SetRange(_) => RangeRule::Bounds,
        }
    }
}

/// Why an edit was refused, or its undoing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeRefused {
    /// The moment is part of another one, or none of this segment.
    NoMoment,
    /// It can't have this range.
    Range,
    /// Somebody has changed the same part of the segment since.
    ChangedSince,
    /// Somebody has changed its range since the editing of it began; this is the range now.
    Edited(Span),
}
