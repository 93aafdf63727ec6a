//! The segments of a session that are over, as if all its visitors were equally late.

use app::domain::moments::session_moments::SessionMoments;

/// How many presses of segments that are over are sharpened, which takes some 0.4 µs each. It is done again whenever one of
/// them changes, so a session with more of them shows its moments as they were found live.
const MOST_SHARPENED: usize = 200_000;

/// The segments that are over, sharpened; none if there is nothing in them, or too much.
///
/// It depends on nothing but rows: which segments are over, and what is counted in them. All processes show the same.
pub(super) fn sharpened(
    session: &SessionMoments,
    is_over: impl Fn(u32) -> bool,
) -> Option<SessionMoments> {
    let count = session.counted(&is_over);
    let is_few = (1..=MOST_SHARPENED).contains(&count);
    is_few.then(|| session.sharpened(is_over))
}
