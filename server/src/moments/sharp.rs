//! The segments of a session that are over, as if all its visitors were equally late.

use std::collections::BTreeMap;

use app::domain::{
    moments::session_moments::{SessionMoments, Sharpened},
    text::Note,
    timestamp::TimestampId,
};
use uuid::Uuid;

/// How many presses of segments that are over are sharpened, which takes some 0.4 µs each. It is done again whenever one of
/// them changes, so a session with more of them shows its moments as they were found live.
const MOST_SHARPENED: usize = 200_000;

/// How many notes a moment tells.
pub(super) const MOST_NOTES: usize = 3;

/// The notes of presses that count with their visitors, by segment, offset and id.
pub(super) type Notes = BTreeMap<(u32, u32, TimestampId), (Note, Uuid)>;

/// Sharpened segments.
#[derive(Debug)]
pub(super) struct Sharp {
    pub(super) segments: Sharpened,
    /// Their notes, at the corrected offsets.
    pub(super) notes: Notes,
}

impl Sharp {
    /// Sharpens the segments that are over; none if there is nothing in them, or too much.
    ///
    /// It depends on nothing but rows: which segments are over, and what is counted in them. All processes show the same.
    pub(super) fn of(
        session: &SessionMoments,
        notes: &Notes,
        is_over: impl Fn(u32) -> bool,
    ) -> Option<Self> {
        let count = session.counted(&is_over);
        if count == 0 || count > MOST_SHARPENED {
            return None;
        }
        let segments = session.sharpened(&is_over);
        let notes = notes.iter().filter(|((segment, ..), _)| is_over(*segment));
        let notes = notes.map(|(&(segment, offset, id), (note, visitor))| {
            let offset = segments.corrected(segment, *visitor, offset);
            ((segment, offset, id), (note.clone(), *visitor))
        });
        Some(Self {
            notes: notes.collect(),
            segments,
        })
    }
}
