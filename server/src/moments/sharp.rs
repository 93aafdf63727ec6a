//! The segments of a session that are over, as if all its visitors were equally late.

use app::domain::moments::session_moments::SessionMoments;

/// How many presses of segments that are over are sharpened, and how many visitors are looked at for them, which takes less
/// than 0.5 µs each. It is done again whenever one of them changes, so later segments show their moments as they were found
/// live.
const MOST_SHARPENED: usize = 200_000;

/// What becomes of the segments that are over, when moments are derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharpening {
    /// Nothing in them has changed: they stay as they are.
    Stays,
    /// They are sharpened anew, which takes long.
    Anew,
    /// They changed, and are found on their own curves: delays are not learnt.
    Off,
}

/// The segments that are over, sharpened.
///
/// It depends on nothing but rows: which segments are over, and what is counted in them. All processes show the same.
pub(super) fn sharpened(session: &SessionMoments, is_over: impl Fn(u32) -> bool) -> SessionMoments {
    session.sharpened(is_over, MOST_SHARPENED)
}

/// The curves on which the moments of a segment are found: sharpened ones, if it has such.
pub(super) fn found_on<'a>(
    live: &'a mut SessionMoments,
    sharp: &'a mut SessionMoments,
    segment_index: u32,
) -> &'a mut SessionMoments {
    match sharp.segment(segment_index) {
        Some(_) => sharp,
        None => live,
    }
}
