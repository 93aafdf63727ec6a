//! When the moderation log is worth loading again, as far as a page can tell from its live session. Browser only.
//!
//! The log has no rows in the feed. But an action leaves traces in the same transaction, whichever process it reached: a row
//! that was known before, or a moment that is new, gone, or described otherwise. A plain press leaves none of these. What
//! leaves no trace on this page (a visitor is blocked, or something is done to rows that it has not loaded) is found by
//! loading the log once in a while.

use crate::{
    domain::{
        clip_url::ClipUrl,
        moments::moment::{EditingState, Moment, MomentId},
        offset::Offset,
        segment::Segment,
        text::Title,
        timestamp::Timestamp,
    },
    live::{
        clock, highlights::LiveHighlights, list::timestamps::List, page::feed::Feed,
        signals::views::*,
    },
};

/// The log is loaded at most this often, in milliseconds.
const SHORTEST_MS: f64 = 1_500.0;
/// While it is shown, it is never older than this, in milliseconds.
const LONGEST_MS: f64 = 15_000.0;

/// Calls `load` whenever the log that is shown may have changed. It is the caller who loads it when it is first shown.
pub(super) fn use_log_changes(feed: Feed, is_shown: Signal<bool>, load: Callback<()>) {
    let may_differ = StoredValue::new(false);
    let loaded_at = StoredValue::new(0.0);
    // A tab that is not shown follows nothing: the list changes with every press.
    Effect::new(move |before: Option<Option<usize>>| {
        is_shown.get().then(|| {
            let list = feed.list.read();
            if before.flatten().is_some_and(|end| has_actions(&list, end)) {
                may_differ.set_value(true);
            }
            list.journal_end()
        })
    });
    let open = Memo::new(move |_| open_segment(&feed.segments.read()));
    Effect::new(move |before: Option<Option<Vec<Described>>>| {
        is_shown.get().then(|| {
            let now = described(&feed.highlights.read(), open.get());
            if before.flatten().is_some_and(|before| before != now) {
                may_differ.set_value(true);
            }
            now
        })
    });
    Effect::new(move |was_shown: Option<bool>| {
        let is_shown = is_shown.get();
        let now = clock::elapsed_ms();
        if is_shown && was_shown != Some(true) {
            may_differ.set_value(false);
            loaded_at.set_value(now);
        }
        // The page's clock is the beat, about twice a second, from when the stream has told the time.
        if is_shown && feed.now.get().is_some() {
            let age = now - loaded_at.get_value();
            let is_due = may_differ.get_value() && age >= SHORTEST_MS || age >= LONGEST_MS;
            if is_due && !document().hidden() {
                may_differ.set_value(false);
                loaded_at.set_value(now);
                load.run(());
            }
        }
        is_shown
    });
}

/// Whether the rows that changed since the journal had this end tell of an action.
fn has_actions(list: &List, end: usize) -> bool {
    let Some(places) = list.changed_since(end) else {
        return true;
    };
    places
        .iter()
        .any(|place| list.known(*place).is_none_or(is_of_an_action))
}

/// Whether somebody did something to a row, or a block hid it, which then counts one more. (Its author may have edited it: the
/// log is loaded once for nothing.)
fn is_of_an_action(row: &Timestamp) -> bool {
    row.revision > row.arrival || row.hidden && !row.held
}

/// The segment in which viewers press, if the session is active.
fn open_segment(segments: &[Segment]) -> Option<u32> {
    let last = segments.last()?;
    last.end_time.is_none().then_some(last.index)
}

/// What actions change of a moment. Its start and end are missing in the latest one of the open segment, where presses move
/// them, too.
type Described = (
    MomentId,
    Option<(Offset, Offset)>,
    Option<Title>,
    Option<ClipUrl>,
    (bool, bool, EditingState),
);

fn described(highlights: &LiveHighlights, open: Option<u32>) -> Vec<Described> {
    let in_open = |moment: &&Moment| Some(moment.segment_index) == open;
    let latest = highlights.moments().filter(in_open);
    let latest = latest.map(|moment| moment.end).max();
    let moments = highlights.moments().map(|moment| {
        let is_moving = in_open(&moment) && Some(moment.end) == latest;
        (
            moment.id,
            (!is_moving).then_some((moment.start, moment.end)),
            moment.title.clone(),
            moment.clip.clone(),
            (moment.starred, moment.hidden, moment.state),
        )
    });
    moments.collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        change::Frame,
        highlights::Highlights,
        moments::moment,
        revision::Revision,
        snapshot::Page,
        timestamp::{TimestampId, tests::blank},
    };

    fn row(arrival: i64, revision: i64) -> Timestamp {
        Timestamp {
            id: TimestampId(Uuid::from_u128(arrival.unsigned_abs().into())),
            arrival: Revision(arrival),
            revision: Revision(revision),
            ..blank()
        }
    }

    /// Whether a list with one row tells of an action after it heard of these.
    fn tells(rows: Vec<Timestamp>) -> bool {
        let mut list = List::new(Page {
            timestamps: vec![row(1, 1)],
            more: false,
        });
        let end = list.journal_end();
        list.merge_frame(Frame {
            revision: Revision(9),
            session: None,
            segments: Vec::new(),
            timestamps: rows,
            removed: Vec::new(),
            erased: Vec::new(),
            highlights: Highlights::default(),
        });
        has_actions(&list, end)
    }

    #[test]
    fn a_press_does_not_load_the_log_and_what_is_done_to_a_row_does() {
        assert!(!tells(vec![row(2, 2), row(3, 3)]));
        assert!(tells(vec![row(2, 2), row(1, 4)]), "edited or restored");
        let hidden = |held| Timestamp {
            hidden: true,
            held,
            ..row(2, 2)
        };
        assert!(tells(vec![hidden(false)]), "a block counts it");
        assert!(!tells(vec![hidden(true)]), "the word filter has no log");
    }

    /// Whether a page can tell that this moment got another end, of those that end here.
    fn tells_range(moved: usize, open: Option<u32>) -> bool {
        let known = |moved: Option<usize>| {
            let ends = [(1, 80), (2, 40), (2, 60)].into_iter().enumerate();
            let moments = ends.map(|(at, (segment_index, end))| Moment {
                id: MomentId(Uuid::from_u128(at as u128)),
                segment_index,
                end: Offset(end + u32::from(moved == Some(at))),
                ..moment::tests::blank()
            });
            let highlights = Highlights {
                moments: moments.collect(),
                ..Highlights::default()
            };
            described(&LiveHighlights::new(highlights, Revision(1)), open)
        };
        known(None) != known(Some(moved))
    }

    #[test]
    fn another_range_loads_it_unless_presses_may_have_moved_it() {
        for open in [None, Some(1), Some(2), Some(3)] {
            let told: Vec<_> = (0..3).map(|moved| tells_range(moved, open)).collect();
            assert_eq!(told, [open != Some(1), true, open != Some(2)], "{open:?}");
        }
    }

    #[test]
    fn more_changes_than_can_be_told_load_it() {
        assert!(tells((2..6_000).map(|n| row(n, n)).collect()));
    }
}
