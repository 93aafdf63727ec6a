//! Which edits touch the same seconds, so that the order in which they are undone matters.

use crate::domain::moments::boundaries::{RangeEdit, Span};

/// Whether two edits touch the same seconds, so that one can't be undone without the other.
pub(super) fn is_over(one: RangeEdit, other: RangeEdit) -> bool {
    let (one, other) = (touched(one), touched(other));
    one.0 <= other.1 && other.0 <= one.1
}

/// The seconds whose borders an edit decides.
fn touched(edit: RangeEdit) -> Span {
    match edit {
        RangeEdit::Split { at } => (at.saturating_sub(1), at),
        RangeEdit::Merge { start, end } => ordered(start, end),
        RangeEdit::SetRange { start, end } => {
            let (start, end) = ordered(start, end);
            (start.saturating_sub(1), end.saturating_add(1))
        }
    }
}

/// Two seconds in order.
pub(super) fn ordered(one: u32, other: u32) -> Span {
    (one.min(other), one.max(other))
}
