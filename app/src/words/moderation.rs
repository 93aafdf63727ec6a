//! Text about moderation: the list, its rows, and the undo buttons.

use super::errors;
use crate::{
    domain::{offset::Offset, timestamp::Timestamp},
    service::ServiceError,
};

/// Undoes what was done.
pub(crate) const UNDO: &str = "Undo";
/// It was undone.
pub(crate) const UNDONE: &str = "It is undone.";
/// Takes a line away.
pub(crate) const DISMISS: &str = "Dismiss";

/// Rows that are ticked, for those who hear the page.
pub(crate) const TICKED: &str = "Ticked rows";
/// Unticks all rows, or moments.
pub(crate) const UNTICK_ALL: &str = "Untick all";

/// What hiding or blocking a viewer means.
pub(crate) const VIEWER_EXPLANATION: &str = "Hiding takes all timestamps that they made in this session off the viewers’ list. Blocking hides what they press from now on. They see their own presses as before. Both can be undone.";
/// Saves a note.
pub(crate) const SAVE: &str = "Save";
/// Leaves things as they are.
pub(crate) const CANCEL: &str = "Cancel";
/// Hides all timestamps of the viewer.
pub(crate) const HIDE_ALL_OF_THEIRS: &str = "Hide all of theirs";
/// Blocks the viewer.
pub(crate) const BLOCK_THEM: &str = "Block them";

/// The list is empty.
pub(crate) const NO_ROWS: &str = "No timestamps yet. They appear here as soon as somebody presses.";

/// Opens the editor of a note.
pub(crate) const EDIT_NOTE: &str = "Edit note";
/// Hides a row, shows it again, or shows it for the first time.
pub(crate) const TOGGLES: [&str; 3] = ["Hide", "Restore", "Show"];
/// Opens what can be done about the viewer.
pub(crate) const VIEWER: &str = "Viewer …";
/// What the buttons of a row say while the pointer is on them. `words::desk::with_key` adds the key.
pub(crate) const ROW_TITLES: [&str; 3] = ["Edit note", "Hide or restore", "Viewer …"];
/// Stands between that and the row's time, for those who hear the page.
pub(crate) const OF: &str = " of";

/// The box that ticks a row, for those who hear the page.
pub(crate) fn tick(at: Offset) -> String {
    format!("Tick {at}")
}

/// Fetches older rows.
pub(crate) fn older(is_loading: bool) -> &'static str {
    match is_loading {
        true => "Loading older ones …",
        false => "Show older ones",
    }
}

/// Leads to rows that came in below the window.
pub(crate) fn new_rows(count: usize) -> String {
    format!("{count} new")
}

/// Not all rows are printed, either of those that are loaded or because older ones are left; nothing where they are.
pub(crate) fn printed(rows: usize, loaded: usize, has_older: bool) -> Option<String> {
    let newest = match has_older {
        true => "the newest ",
        false => "",
    };
    (rows < loaded || has_older).then(|| {
        format!(
            "Printed: {rows} of {newest}{loaded} rows. The exports have all that are not hidden."
        )
    })
}

/// How many rows are ticked.
pub(crate) fn ticked(rows: usize) -> String {
    format!("{rows} ticked")
}

/// Hides those of the ticked rows that are shown.
pub(crate) fn hide(rows: usize) -> String {
    format!("Hide {rows}")
}

/// Shows those of the ticked rows that are hidden.
pub(crate) fn restore(rows: usize) -> String {
    format!("Restore {rows}")
}

/// How many rows were hidden, or shown.
pub(crate) fn hidden_or_shown(rows: usize, hides: bool) -> String {
    match (rows, hides) {
        (1, true) => "1 timestamp is hidden from viewers.".to_owned(),
        (1, false) => "1 timestamp is shown again.".to_owned(),
        (rows, true) => format!("{rows} timestamps are hidden from viewers."),
        (rows, false) => format!("{rows} timestamps are shown again."),
    }
}

/// One row was hidden, or shown.
pub(crate) fn row_hidden_or_shown(at: Offset, hides: bool) -> String {
    match hides {
        true => format!("{at} is hidden from viewers."),
        false => format!("{at} is shown again."),
    }
}

/// The field for the note of a row, for those who hear the page.
pub(crate) fn note_of(at: Offset) -> String {
    format!("Note of {at}")
}

/// A note was saved.
pub(crate) fn note_saved(at: Offset) -> String {
    format!("The note of {at} is saved.")
}

/// The row went away, by no act of whoever was editing its note.
pub(crate) const EDITED_ROW_GONE: &str = "The timestamp whose note you were editing is no longer in the list. If it comes back, so does what you typed.";

/// A row whose editor is closed, and what was typed into it is not saved.
pub(crate) const UNSAVED_NOTE: &str =
    "What you typed here is not saved yet. Edit the note to go on.";

/// Who made a timestamp, as far as anybody knows: a name is only what somebody typed.
pub(crate) fn viewer(timestamp: &Timestamp) -> String {
    let at = timestamp.offset_seconds;
    match &timestamp.submitted_by {
        Some(name) => format!("{name}, who pressed at {at}"),
        None => format!("The viewer who pressed at {at}"),
    }
}

/// All timestamps of a viewer were hidden.
pub(crate) fn viewer_hidden(timestamp: &Timestamp) -> String {
    format!(
        "All timestamps of {} are hidden from viewers.",
        who(timestamp)
    )
}

/// A viewer was blocked.
pub(crate) fn viewer_blocked(timestamp: &Timestamp) -> String {
    format!(
        "What {} presses from now on is hidden from others.",
        who(timestamp)
    )
}

fn who(timestamp: &Timestamp) -> String {
    match &timestamp.submitted_by {
        Some(name) => name.to_string(),
        None => format!("the viewer of {}", timestamp.offset_seconds),
    }
}

/// Something was not undone, and why.
pub(crate) fn not_undone(done: &str, error: &ServiceError) -> String {
    ["Not undone: ", done, " ", &errors::error(error)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paper_says_how_many_rows_it_has_unless_it_has_all() {
        assert_eq!(printed(183, 183, false), None);
        let words = [(60, 183, false), (60, 200, true), (200, 200, true)]
            .map(|(rows, loaded, has_older)| printed(rows, loaded, has_older).unwrap());
        insta::assert_snapshot!(words.join("\n"), @r"
        Printed: 60 of 183 rows. The exports have all that are not hidden.
        Printed: 60 of the newest 200 rows. The exports have all that are not hidden.
        Printed: 200 of the newest 200 rows. The exports have all that are not hidden.
        ");
    }

    #[test]
    fn what_was_done_is_said_with_its_number() {
        let words = [
            hidden_or_shown(1, true),
            hidden_or_shown(12, true),
            hidden_or_shown(2, false),
        ];
        insta::assert_snapshot!(words.join(" "), @"1 timestamp is hidden from viewers. 12 timestamps are hidden from viewers. 2 timestamps are shown again.");
    }
}
