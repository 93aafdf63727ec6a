//! The segments of a session that are over, as if all its visitors were equally late.

use super::SessionMoments;
use crate::domain::moments::{
    delays::{Delays, Lateness},
    kernel::Kernel,
    rank::{self, Thresholds},
};

impl SessionMoments {
    /// Sharpens the segments that are over. The delays of a segment are learnt from its own presses and those of the segments
    /// before it, in two rounds: nothing that happens later moves the moments of a segment again.
    ///
    /// Only the curves change. What counts in a moment is still what lies in its range by the stored offsets, which all lists
    /// show: whoever looks at a moment's rows sees the presses that it counts.
    ///
    /// It reads every press of these segments, so it is for a pause and for the end, when moments move once and together. For
    /// each segment, it also looks at all visitors who pressed until then. Segments beyond `most` of both stay as they were
    /// found live, and have no curve here.
    #[must_use]
    pub fn sharpened(&self, is_over: impl Fn(u32) -> bool, most: usize) -> Self {
        let mut session = Self {
            visitors: self.visitors.clone(),
            joins: self.joins.of_segments(&is_over),
            version: self.version,
            ..Self::new(Kernel::SHARP)
        };
        let (mut first, mut second) = (Lateness::default(), Lateness::default());
        let (mut looked_at, mut audience) = (0, 0);
        for (&index, segment) in self.segments.iter().filter(|(index, _)| is_over(**index)) {
            let curve = segment.curve();
            for (visitor, weight, rows) in curve.presses() {
                if first.meet(visitor) {
                    audience += u64::from(weight.parts());
                }
                looked_at += rows.len();
            }
            looked_at += first.visitors() as usize;
            if looked_at > most {
                break;
            }
            // As if the session had ended with this segment.
            let audience = u32::try_from(audience / 256).unwrap_or(u32::MAX);
            let thresholds = Thresholds::of(audience);
            let tops = |cells| rank::tops(cells, thresholds);
            first.add_all(
                curve,
                &Delays::default(),
                curve.cells(),
                &tops(curve.cells()),
            );
            let delays = first.delays();
            let once = delays.put_back(curve);
            second.add_all(curve, &delays, once.cells(), &tops(once.cells()));
            let sharp = segment.shifted(&second.delays());
            session.segments.insert(index, sharp);
        }
        session
    }
}
