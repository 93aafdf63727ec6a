//! The segments of a session that are over, as if all its visitors were equally late.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::SessionMoments;
use crate::domain::moments::{
    delays::{Delays, Lateness},
    kernel::Kernel,
    rank::Thresholds,
};

/// Segments whose presses were put back by how late their visitors usually press: peaks are sharper.
#[derive(Clone, Debug)]
pub struct Sharpened {
    /// The segments. Their offsets are corrected.
    pub session: SessionMoments,
    delays: BTreeMap<u32, Delays>,
}

impl SessionMoments {
    /// Sharpens the segments that are over. The delays of a segment are learnt from its own presses and those of the segments
    /// before it, in two rounds: nothing that happens later moves the moments of a segment again.
    ///
    /// It reads every press of these segments, so it is for a pause and for the end, when moments move once and together.
    #[must_use]
    pub fn sharpened(&self, is_over: impl Fn(u32) -> bool) -> Sharpened {
        let mut session = Self {
            visitors: self.visitors.clone(),
            joins: self.joins.of_segments(&is_over),
            numbered: self.numbered,
            version: 1,
            ..Self::new(Kernel::SHARP)
        };
        let mut learnt = BTreeMap::new();
        let (mut first, mut second) = (Lateness::default(), Lateness::default());
        for (&index, segment) in self.segments.iter().filter(|(index, _)| is_over(**index)) {
            let presses = segment.curve().presses();
            presses.for_each(|(visitor, ..)| first.meet(visitor));
            // As if the session had ended with this segment.
            let thresholds = Thresholds::of(first.visitors());
            first.add_all(segment.curve(), &segment.tops(thresholds));
            let once = segment.shifted(&first.delays());
            second.add_all(segment.curve(), &once.tops(thresholds));
            let delays = second.delays();
            session.segments.insert(index, segment.shifted(&delays));
            learnt.insert(index, delays);
        }
        Sharpened {
            session,
            delays: learnt,
        }
    }

    /// How many presses of these segments are counted.
    pub fn counted(&self, is_meant: impl Fn(u32) -> bool) -> usize {
        let segments = self.segments.iter().filter(|(index, _)| is_meant(**index));
        let presses = segments.flat_map(|(_, segment)| segment.curve().presses());
        presses.map(|(_, _, rows)| rows.len()).sum()
    }
}

impl Sharpened {
    /// Where a press of a segment lies here.
    pub fn corrected(&self, segment_index: u32, visitor: Uuid, offset: u32) -> u32 {
        let delays = self.delays.get(&segment_index);
        let visitor = self.session.visitors.get(&visitor);
        match (delays, visitor) {
            (Some(delays), Some(&(visitor, _))) => delays.corrected(visitor, offset),
            _ => offset,
        }
    }
}
