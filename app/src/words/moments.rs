//! Moments, and the timeline that they stand out of.

use std::borrow::Cow;

use super::desk;
use crate::domain::{
    moments::{
        moment::{EditingState, Moment},
        moment_edit::MomentEdit,
        range_rule::RangeRule,
        unshown::{TakenIn, Unshown},
    },
    offset::Offset,
    time_range::TimeRange,
};

/// The heading of the moments.
pub(crate) const HEADING: &str = "Moments";
/// The heading of the timeline, for those who hear the page.
pub(crate) const TIMELINE: &str = "Timeline of the crowd";
/// What the timeline shows, for those who hear it.
pub(crate) const PICTURE: &str = "How many viewers pressed at about the same time";
/// Unfolds the timeline as a table.
pub(crate) const AS_TABLE: &str = "As a table";
/// The heading of the newest moments, for viewers.
pub(crate) const NEWEST: &str = "Latest moments";
/// The heading of the moments for who comes late.
pub(crate) const MISSED: &str = "What did I miss?";
/// Stands where nothing stands out yet.
pub(crate) const NONE: &str =
    "Nothing stands out yet. A moment appears here when several viewers mark the same one.";
/// Stands there while the server does not know them yet.
pub(crate) const PENDING: &str =
    "The server is still reading this session’s presses. Its moments appear here in a few seconds.";
/// The columns of the table.
pub(crate) const COLUMNS: [&str; 4] = ["Segment", "Time", "Viewers", "Title or best note"];

/// A moment that has a star.
pub(crate) const STARRED: &str = "★ Starred";
/// A moment that a clip was cut from.
pub(crate) const CUT: &str = "Cut into a clip";
/// Leads to the finished clip.
pub(crate) const CLIP: &str = "Watch the clip";

/// A moment that viewers don't see.
pub(crate) const HIDDEN: &str = "Hidden";
/// The buttons that give a star and take it away.
pub(crate) const STARS: [&str; 2] = ["Star", "Remove star"];
/// The buttons that hide a moment and show it again.
pub(crate) const TOGGLES: [&str; 2] = ["Hide", "Restore"];
/// Opens the dialog with everything else that can be changed.
pub(crate) const EDIT: &str = "Edit …";
/// Merges the ticked moments into this one.
pub(crate) const MERGE_INTO: &str = "Merge into this";
/// What a moment's buttons say while the pointer is on them: to give a star or take it, to hide it or show it, to edit it, and
/// to merge into it. `words::desk::with_key` adds the key.
pub(crate) const BUTTON_TITLES: [&str; 4] = [
    "Star, or remove the star",
    "Hide or restore",
    "Edit",
    "Merge into this",
];
/// Moments that are ticked, for those who hear the page.
pub(crate) const TICKED: &str = "Ticked moments";
/// Merges the ticked moments.
pub(crate) const MERGE: &str = "Merge";
/// Stands in its place where the ticked moments don't lie in one segment.
pub(crate) const OTHER_SEGMENTS: &str = "Moments of different segments can’t be merged";
/// The field for the title of a moment.
pub(crate) const TITLE: &str = "Title";
/// The field for its first second.
pub(crate) const START: &str = "Start";
/// The field for its last second.
pub(crate) const END: &str = "End";
/// The choice of how far the editing has come.
pub(crate) const STATE: &str = "State";
/// The field for the address of the clip.
pub(crate) const CLIP_URL: &str = "Link to the clip";
/// The field for where to split it.
pub(crate) const SPLIT_AT: &str = "Split at";
/// Splits it there.
pub(crate) const SPLIT: &str = "Split";

/// How far the editing of a moment has come.
pub(crate) fn state(state: EditingState) -> &'static str {
    match state {
        EditingState::Open => "Open",
        EditingState::Cut => "Cut",
        EditingState::Rejected => "Rejected",
    }
}

/// Where a moment starts and ends.
pub(crate) fn range(start: Offset, end: Offset) -> String {
    format!("{start} to {end}")
}

/// Why the range of a moment can't be changed like this.
pub(super) fn not_a_range(rule: RangeRule) -> Cow<'static, str> {
    match rule {
        RangeRule::Bounds => {
            "A moment can’t end before it starts, and can’t start in the future.".into()
        }
        RangeRule::Split => {
            "A moment is split inside its range: later than its start, and no later than its end."
                .into()
        }
        RangeRule::Merge => format!(
            "Only moments of the same segment can be merged, and at most {} into another one.",
            MomentEdit::MOST_MERGED
        )
        .into(),
    }
}

/// The heading of the dialog about a moment.
pub(crate) fn moment_at(at: Offset) -> String {
    format!("The moment at {at}")
}

/// No moment was made of a range, in a session of so many segments, and why.
pub(crate) fn not_made(range: &TimeRange, segments: u32, why: &str) -> String {
    [&desk::range(range, segments), ": ", why].concat()
}

/// The box that ticks a moment, for those who hear the page.
pub(crate) fn tick(at: Offset) -> String {
    format!("Tick the moment at {at}")
}

/// How many are ticked.
pub(crate) fn ticked(count: usize) -> String {
    format!("{count} ticked")
}

/// A moment got a star, or lost it.
pub(crate) fn starred(at: Offset, starred: bool) -> String {
    match starred {
        true => format!("The moment at {at} has a star."),
        false => format!("The moment at {at} no longer has a star."),
    }
}

/// A moment was hidden, or shown again.
pub(crate) fn hidden(at: Offset, hidden: bool) -> String {
    match hidden {
        true => format!("The moment at {at} is hidden from viewers."),
        false => format!("The moment at {at} is shown again."),
    }
}

/// Other moments became part of one, if it is known how many they are, and what is no longer shown of them.
pub(crate) fn merged(at: Offset, others: Option<u32>, unshown: Unshown) -> String {
    let mut merged = match others {
        Some(1) => format!("Another moment was merged into the one at {at}."),
        Some(others) => format!("{others} other moments were merged into the one at {at}."),
        None => format!("Other moments were merged into the one at {at}."),
    };
    merged += &no_longer_shown(others == Some(1), unshown);
    merged
}

/// What is no longer shown of the moments that became part of one, behind what became of them. Whether there is only one of
/// these.
fn no_longer_shown(is_one: bool, Unshown { titles, clips }: Unshown) -> String {
    let what = match (titles, clips) {
        (0, 0) => return String::new(),
        (1, 0) if is_one => "Its title".to_owned(),
        (0, 1) if is_one => "Its clip link".to_owned(),
        (1, 1) if is_one => "Its title and clip link".to_owned(),
        (titles, 0) => of_them(titles, "title"),
        (0, clips) => of_them(clips, "clip link"),
        (titles, clips) => {
            let (titles, clips) = (counted(titles, "title"), counted(clips, "clip link"));
            [&titles, " and ", &clips, " of these moments"].concat()
        }
    };
    let is_brought_back = match titles + clips {
        1 => " is no longer shown; undo brings it back.",
        _ => " are no longer shown; undo brings them back.",
    };
    [" ", &what, is_brought_back].concat()
}

/// So many of what several moments that were merged had.
fn of_them(count: usize, what: &str) -> String {
    match count {
        1 => format!("One of their {what}s"),
        count => format!("{count} of their {what}s"),
    }
}

/// So many of something.
fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

/// The moments that became part of one, if it is known how many they are.
pub(super) fn others(count: Option<u32>) -> String {
    match count {
        Some(1) => "another moment".to_owned(),
        Some(count) => format!("{count} other moments"),
        // One or several: what an undone merge took is not counted any more.
        None => "one or more moments".to_owned(),
    }
}

/// A moment became two.
pub(crate) fn split(at: Offset) -> String {
    format!("The moment at {at} was split.")
}

/// The button that makes a moment of a range.
pub(crate) const MAKE: &str = "Make it a moment";

/// A moment was made of a range that begins here, and what became part of it.
pub(crate) fn made(start: Offset, taken: TakenIn) -> String {
    format!("The range from {start} is a moment now.") + &taken_in(taken)
}

/// A moment was changed.
pub(crate) fn edited(at: Offset) -> String {
    format!("The changes to the moment at {at} are saved.")
}

/// What became part of a moment that was made, or whose start or end was moved, behind what was done; nothing if nothing did.
pub(crate) fn taken_in(TakenIn { moments, unshown }: TakenIn) -> String {
    let taken = match moments {
        0 => return String::new(),
        1 => " Another moment is part of it now".to_owned(),
        count => format!(" {count} other moments are part of it now"),
    };
    let unshown = no_longer_shown(moments == 1, unshown);
    let is_brought_back = match moments {
        _ if !unshown.is_empty() => ".",
        1 => "; undo brings it back.",
        _ => "; undo brings them back.",
    };
    [&taken, is_brought_back, &unshown].concat()
}

/// A moment was changed, and then became two.
pub(crate) fn edited_and_split(at: Offset) -> String {
    format!("The changes to the moment at {at} are saved, and it was split.")
}

/// What a moment is called: its title, or its best note.
pub(crate) fn title_or_note(moment: &Moment) -> &str {
    let note = || moment.notes.first().map_or("", |note| note.note.as_str());
    moment
        .title
        .as_ref()
        .map_or_else(note, |title| title.as_str())
}

/// How many viewers marked a moment; nothing of one that was made where nobody pressed.
pub(crate) fn marked_by(visitors: u32) -> Option<String> {
    (visitors > 0).then(|| viewers(visitors))
}

/// A number of viewers.
pub(crate) fn viewers(count: u32) -> String {
    match count {
        1 => "1 viewer".to_owned(),
        count => format!("{count} viewers"),
    }
}

/// Where a clip would start.
pub(crate) fn clip_start(start: Offset) -> String {
    format!("clip from {start}")
}

/// How many said the same; nothing where it was one.
pub(crate) fn said_by(count: u32) -> Option<String> {
    (count > 1).then(|| format!("× {count}"))
}

/// When a moment was, how many marked it, and what it is called: in one line, which may follow `stream::before_time`. `visitors`
/// marked it.
pub(crate) fn in_a_line(moment: &Moment, visitors: u32) -> String {
    let mut line = moment.peak.to_string();
    let viewers = marked_by(visitors).unwrap_or_default();
    for part in [&viewers, title_or_note(moment)] {
        if !part.is_empty() {
            line += " · ";
            line += part;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_is_told_with_the_number_of_moments_that_it_took() {
        let words =
            [Some(1), Some(3), None].map(|others| merged(Offset(90), others, Unshown::default()));
        insta::assert_snapshot!(words.join(" "), @"Another moment was merged into the one at 00:01:30. 3 other moments were merged into the one at 00:01:30. Other moments were merged into the one at 00:01:30.");
        let words = [Some(1), Some(3), None].map(others);
        insta::assert_snapshot!(words.join(", "), @"another moment, 3 other moments, one or more moments");
    }

    #[test]
    fn a_range_that_took_in_others_tells_how_many_and_what_is_no_longer_shown() {
        let told = |moments, titles, clips| {
            let unshown = Unshown { titles, clips };
            edited(Offset(90)) + &taken_in(TakenIn { moments, unshown })
        };
        let words = [
            told(0, 0, 0),
            told(1, 0, 0),
            told(1, 1, 0),
            told(3, 0, 0),
            told(3, 2, 1),
        ];
        insta::assert_snapshot!(words.join("\n"), @r"
        The changes to the moment at 00:01:30 are saved.
        The changes to the moment at 00:01:30 are saved. Another moment is part of it now; undo brings it back.
        The changes to the moment at 00:01:30 are saved. Another moment is part of it now. Its title is no longer shown; undo brings it back.
        The changes to the moment at 00:01:30 are saved. 3 other moments are part of it now; undo brings them back.
        The changes to the moment at 00:01:30 are saved. 3 other moments are part of it now. 2 titles and 1 clip link of these moments are no longer shown; undo brings them back.
        ");
    }

    #[test]
    fn a_merge_tells_what_is_no_longer_shown() {
        let told = |others, titles, clips| {
            let words = merged(Offset(90), Some(others), Unshown { titles, clips });
            words.split_once(". ").unwrap().1.to_owned()
        };
        let words = [
            told(1, 0, 1),
            told(1, 1, 0),
            told(1, 1, 1),
            told(3, 0, 1),
            told(3, 2, 0),
            told(3, 1, 2),
        ];
        insta::assert_snapshot!(words.join("\n"), @r"
        Its clip link is no longer shown; undo brings it back.
        Its title is no longer shown; undo brings it back.
        Its title and clip link are no longer shown; undo brings them back.
        One of their clip links is no longer shown; undo brings it back.
        2 of their titles are no longer shown; undo brings them back.
        1 title and 2 clip links of these moments are no longer shown; undo brings them back.
        ");
    }
}
