//! Text of the desk that all of the staff's pages share: its panes, its tabs and its keys.

use crate::domain::{
    moments::moment::Moment,
    time_range::{Position, TimeRange},
};

use super::stream;

/// The panes of a narrow desk, for those who hear the page.
pub(crate) const PANES: &str = "Parts of the desk";
/// Something was opened whose code is still on its way.
pub(crate) const LOADING: &str = "Loading…";
/// That code could not be loaded.
pub(crate) const NOT_LOADED: &str = "This part of the page could not be loaded. If trying again does not help, reload the page: there may be a newer version of it.";
/// Loads that code again.
pub(crate) const TRY_AGAIN: &str = "Try again";
/// Loads the page again.
pub(crate) const RELOAD: &str = "Reload the page";
/// What stands beside the list, for those who hear the page.
pub(crate) const DETAILS: &str = "More about this session";
/// The pane of the moments.
pub(crate) const MOMENTS: &str = "Moments";
/// The pane of the rows.
pub(crate) const LIST: &str = "List";
/// The pane of clock, buttons and note.
pub(crate) const STREAM: &str = "Stream";
/// The pane of everything else.
pub(crate) const MORE: &str = "More";
/// The tab with code and link for viewers.
pub(crate) const SHARE: &str = "Share";
/// The tab with the links for the staff.
pub(crate) const LINKS: &str = "Links";
/// The tab with the session's rules.
pub(crate) const RULES: &str = "Rules";
/// The tab with the moderation log.
pub(crate) const LOG: &str = "Log";
/// The tab with the files.
pub(crate) const EXPORT: &str = "Export";
/// The tab with title and game.
pub(crate) const SESSION: &str = "Session";

/// The order of the moments, for those who hear the page.
pub(crate) const ORDER: &str = "Order of the moments";
/// The moments that most people marked first.
pub(crate) const BEST_FIRST: &str = "Best first";
/// The moments in order of time.
pub(crate) const BY_TIME: &str = "By time";
/// The heading of the moments in a dock.
pub(crate) const LATEST_MOMENTS: &str = "Latest moments";
/// Leads from a dock to the whole desk.
pub(crate) const OPEN_DESK: &str = "Open the desk";

/// What the line above the timeline says while there is nothing to tell.
pub(crate) const TIMELINE_HINT: &str = "Drag to see only the rows of that time.";
/// What the timeline says while it is empty.
pub(crate) const TIMELINE_EMPTY: &str = "The crowd’s curve appears here with the first presses.";
/// The slider that sets where a range begins.
pub(crate) const RANGE_FROM: &str = "Rows from";
/// The slider that sets where a range ends.
pub(crate) const RANGE_TO: &str = "Rows until";
/// Shows all rows again.
pub(crate) const CLEAR: &str = "Clear";
/// The button that makes a moment of the selected range.
pub(crate) const NAME_RANGE: &str = "Make it a moment …";

/// The keys, as a heading and as the label of the button that shows them.
pub(crate) const KEYS: &str = "Keyboard shortcuts";
/// The switch for the keys that are single characters.
pub(crate) const SINGLE_KEYS: &str = "Single-key shortcuts";
/// What a button says while the pointer is on it, with its key.
pub(crate) fn with_key(title: &str, key: &str) -> String {
    [title, " (", &key.to_ascii_uppercase(), ")"].concat()
}
/// Why somebody would switch them off.
pub(crate) const SINGLE_KEYS_HINT: &str =
    "Switch them off if you use speech input, or press keys by mistake. This browser remembers it.";
/// Closes the dialog.
pub(crate) const CLOSE: &str = "Close";

/// The keys of the whole desk, each with what it does.
pub(crate) const KEY_LIST: [(&str, &str); 14] = [
    ("C", "Clip that!"),
    ("J", "Next row or moment"),
    ("K", "Previous row or moment"),
    ("N", NEXT_OPEN),
    ("H", "Hide or restore the row or moment"),
    ("E", "Edit the note or the moment"),
    ("X", "Tick or untick the row or moment"),
    ("S", STAR),
    ("M", MERGE),
    ("Arrow keys", ARROWS),
    ("Enter", "Show only the rows of the moment, or all again"),
    ("/", "Filter the rows"),
    ("Esc", "Show all rows again"),
    ("?", HELP),
];

/// The keys of a dock, which has no rows.
pub(crate) const DOCK_KEYS: [(&str, &str); 13] = [
    ("C", "Clip that!"),
    ("J", "Next moment"),
    ("K", "Previous moment"),
    ("N", NEXT_OPEN),
    ("H", "Hide or restore the moment"),
    ("E", "Edit the moment"),
    ("X", "Tick or untick the moment"),
    ("S", STAR),
    ("M", MERGE),
    ("Arrow keys", "Next or previous moment"),
    (
        "Enter",
        "Show all notes of the moment, or the best one again",
    ),
    ("Esc", "Show the best note of every moment again"),
    ("?", HELP),
];

const NEXT_OPEN: &str = "Next moment that is neither cut nor rejected";
const STAR: &str = "Star the moment, or remove its star";
const MERGE: &str = "Merge the ticked moments into this one";
const ARROWS: &str = "Next or previous moment, in the list or on the timeline";
const HELP: &str = "Show this list";

/// What the key does that leads to a pane or a tab.
pub(crate) fn go_to(place: &str) -> String {
    ["Go to ", place].concat()
}

/// How long a session has been active that may be forgotten.
pub(crate) fn long_active(hours: u32) -> String {
    format!("Active for {hours} h: end it?")
}

/// Ends it.
pub(crate) const END_IT: &str = "End it";

/// What the rows of a session of so many segments are narrowed to.
pub(crate) fn range(range: &TimeRange, segments: u32) -> String {
    let (first, last) = (range.first, range.last);
    let end = match first.segment_index == last.segment_index {
        true => last.offset_seconds.to_string(),
        false => second(last, segments),
    };
    [&second(first, segments), " – ", &end].concat()
}

/// A second of a session of so many segments.
pub(crate) fn second(at: Position, segments: u32) -> String {
    stream::before_time(at.segment_index, segments) + &at.offset_seconds.to_string()
}

/// That the rows are those of one moment, in a session of so many segments.
pub(crate) fn rows_of(moment: &Moment, segments: u32) -> String {
    [
        "Rows of ",
        &stream::before_time(moment.segment_index, segments),
        &super::moments::in_a_line(moment, moment.visitors),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::offset::Offset;

    #[test]
    fn a_range_names_each_of_its_segments_once_and_an_only_one_never() {
        let at = |segment_index, seconds| Position {
            segment_index,
            offset_seconds: Offset(seconds),
        };
        let within = TimeRange::between(at(1, 600), at(1, 750));
        insta::assert_snapshot!(range(&within, 1), @"00:10:00 – 00:12:30");
        insta::assert_snapshot!(range(&within, 2), @"Segment 1 · 00:10:00 – 00:12:30");
        let across = TimeRange::between(at(1, 600), at(2, 10));
        insta::assert_snapshot!(range(&across, 2), @"Segment 1 · 00:10:00 – Segment 2 · 00:00:10");
    }
}
