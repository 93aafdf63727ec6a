//! Visitors who joined moments: they count in these, and change no curve.

use app::domain::moments::session_moments::JoinRow;

use super::Tracked;
use crate::store::CrowdJoin;

impl Tracked {
    /// Takes in a join. Segments that are sharpened take it too: sharpening them again would read all their presses.
    pub(super) fn take_join(&mut self, row: &CrowdJoin) {
        let (segment_index, offset) = (row.segment_index, row.offset.seconds());
        let visitor = row.visitor.map(|visitor| visitor.0);
        let row = JoinRow {
            id: row.id,
            segment_index,
            offset,
            visitor: visitor.filter(|visitor| !self.blocked.contains(visitor)),
        };
        self.news.joins.insert((segment_index, offset));
        self.session.apply_join(&row);
        if self.sharp.segment(segment_index).is_some() {
            self.sharp.apply_join(&row);
        }
    }
}
