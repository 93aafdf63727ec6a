//! What became of a moment's range since somebody began to edit it.

use super::{RangeRefused, SegmentEdits, overlap::ordered};
use crate::domain::moments::{
    boundaries::{Boundaries, Span},
    moment::MomentId,
};

impl SegmentEdits {
    /// Checks that a range may become this one: people have not changed it since its editing `began`, or to the same. What the
    /// crowd made of it is no change.
    ///
    /// # Errors
    /// `RangeRefused::NoMoment`, and `RangeRefused::Edited` if somebody has changed it.
    pub fn may_replace(&self, id: MomentId, began: Span, after: Span) -> Result<(), RangeRefused> {
        let now = self.range_since(id, began)?;
        match now == began || now == after {
            true => Ok(()),
            false => Err(RangeRefused::Edited(now)),
        }
    }

    /// The range that a moment was shown with, after what people did since: all that they did before is in it already. A range
    /// that somebody set is exactly that, and one without a crowd its anchor. Any other lies between two walls, and holds the
    /// joined ranges that it touches: newer walls cut it, and newer joins widen it.
    fn range_since(&self, id: MomentId, (start, end): Span) -> Result<Span, RangeRefused> {
        let anchor = self.alive(id)?.anchor;
        let boundaries = Boundaries::new(&self.range_edits());
        if let Some(set) = boundaries.exact_around(anchor) {
            return Ok(set);
        }
        let (mut start, mut end) = ordered(start, end);
        // It was shown without a crowd. Ranges may have been joined around it before or since: nobody can tell, and none of
        // them counts as a change.
        if (start, end) == (anchor, anchor) {
            return Ok((start, end));
        }
        // Its crowd may have left the anchor.
        let inside = anchor.clamp(start, end);
        for wall in boundaries.walls() {
            match wall <= inside {
                true => start = start.max(wall),
                false => end = end.min(wall - 1),
            }
        }
        let touched = boundaries.joins_touching(start, end);
        let whole = touched.fold((start, end), |whole, join| {
            (whole.0.min(join.0), whole.1.max(join.1))
        });
        Ok(whole)
    }
}
