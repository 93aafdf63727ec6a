//! Text about moderation: the list, its rows, the log, and the undo buttons.

use super::{errors, moments, time::date_and_time};
use crate::{
    domain::{
        moderation::{About, AboutMoment, ActionKind, ModerationAction, Undone},
        moments::moment::EditingState,
        offset::Offset,
        text::Note,
        timestamp::Timestamp,
    },
    service::ServiceError,
};

/// Undoes what was done.
pub(crate) const UNDO: &str = "Undo";
/// It was undone.
pub(crate) const UNDONE: &str = "It is undone.";
/// Takes a line away.
pub(crate) const DISMISS: &str = "Dismiss";

/// Rows that are ticked, for those who hear the page.
pub(crate) const SELECTION: &str = "Selected rows";
/// Unticks all rows.
pub(crate) const CLEAR_SELECTION: &str = "Clear selection";

/// The heading of the log.
pub(crate) const LOG_HEADING: &str = "Moderation log";
/// Reloads the log.
pub(crate) const REFRESH: &str = "Refresh";
/// Reads one more page of it.
pub(crate) const SHOW_OLDER: &str = "Show older";
/// The log is on its way.
pub(crate) const LOADING: &str = "Loading …";
/// The log is empty.
pub(crate) const NOTHING_DONE: &str = "Nothing has been done yet.";

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
/// What the buttons of a row say while the pointer is on them: each with its key, if it has one.
pub(crate) const ROW_TITLES: [&str; 3] = ["Edit note (E)", "Hide or restore (H)", "Viewer …"];
/// Stands between that and the row's time, for those who hear the page.
pub(crate) const OF: &str = " of";

/// The box that ticks a row, for those who hear the page.
pub(crate) fn select(at: Offset) -> String {
    format!("Select {at}")
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

/// How many rows are ticked.
pub(crate) fn selected(rows: usize) -> String {
    format!("{rows} selected")
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

/// What an action replaced, and by what.
pub(crate) fn replaced(act: &ModerationAction) -> Vec<String> {
    let words = |words: &str| match words {
        "" => "nothing".to_owned(),
        words => format!("“{words}”"),
    };
    if let Some(edit) = &act.edit {
        return vec![quoted(edit.before.as_ref()), quoted(edit.after.as_ref())];
    }
    if let Some(moment) = &act.moment {
        // There was nothing before one that was made.
        let before = moment
            .before
            .as_ref()
            .filter(|_| act.kind != ActionKind::MakeMoment);
        let both = [before, moment.after.as_ref()].into_iter().flatten();
        let both = both.map(|text| match act.kind {
            ActionKind::SetMomentState => state(text).unwrap_or_else(|| words(text)),
            _ => words(text),
        });
        return both.collect();
    }
    let note = act.about.as_ref().and_then(|about| about.note.as_ref());
    note.map(|note| vec![quoted(Some(note))])
        .unwrap_or_default()
}

/// The state of a moment as the log stores it: its name, and after a space the address of the clip. None if this build
/// doesn’t know it.
fn state(stored: &str) -> Option<String> {
    let (name, clip) = match stored.split_once(' ') {
        Some((name, clip)) => (name, Some(clip)),
        None => (stored, None),
    };
    let mut states = EditingState::ALL.into_iter();
    let state = moments::state(states.find(|state| state.name() == name)?);
    Some(match clip {
        Some(clip) => format!("{state}, {clip}"),
        None => state.to_owned(),
    })
}

/// What was done, without who and when.
pub(crate) fn act(act: &ModerationAction) -> String {
    let about = || match &act.about {
        Some(about) => self::about(about),
        None => "a timestamp".to_owned(),
    };
    let moment = || match &act.moment {
        // The title that was given stands beside it.
        Some(moment) => self::moment(
            moment,
            !matches!(act.kind, ActionKind::MakeMoment | ActionKind::TitleMoment),
        ),
        None => "a moment".to_owned(),
    };
    let others = || moments::others(act.moment.as_ref().and_then(|moment| moment.merged));
    let many = || super::home::timestamps(act.timestamps);
    match (act.kind, act.timestamps) {
        (ActionKind::Hide, 1) => format!("hid {}", about()),
        (ActionKind::Hide, _) => format!("hid {}", many()),
        (ActionKind::Restore, 1) => format!("showed {} again", about()),
        (ActionKind::Restore, _) => format!("showed {} again", many()),
        (ActionKind::HideVisitor, _) => {
            format!("hid everything from the viewer of {} ({})", about(), many())
        }
        (ActionKind::Block, _) => format!("blocked the viewer of {} ({} since)", about(), many()),
        (ActionKind::EditNote, _) => format!("changed the note of {}", about()),
        (ActionKind::MakeMoment, _) => format!("made {} of a range", moment()),
        (ActionKind::TitleMoment, _) => format!("changed the title of {}", moment()),
        (ActionKind::StarMoment, _) => format!("starred {}", moment()),
        (ActionKind::UnstarMoment, _) => format!("removed the star from {}", moment()),
        (ActionKind::HideMoment, _) => format!("hid {}", moment()),
        (ActionKind::ShowMoment, _) => format!("showed {} again", moment()),
        (ActionKind::MergeMoments, _) => format!("merged {} into {}", others(), moment()),
        (ActionKind::SplitMoment, _) => format!("split {}", moment()),
        (ActionKind::MoveMoment, _) => format!("moved the start or end of {}", moment()),
        (ActionKind::SetMomentState, _) => format!("changed the state of {}", moment()),
        (ActionKind::Unspecified, _) => "did something that this page can’t name yet".to_owned(),
    }
}

fn moment(moment: &AboutMoment, with_title: bool) -> String {
    let place = format!("{} in segment {}", moment.at, moment.segment_index);
    match &moment.title {
        Some(title) if with_title => format!("the moment “{title}” at {place}"),
        _ => format!("the moment at {place}"),
    }
}

fn about(about: &About) -> String {
    let place = format!(
        "{} in segment {}",
        about.offset_seconds, about.segment_index
    );
    match &about.name {
        Some(name) => format!("{place} by {name}"),
        None => place,
    }
}

/// Who undid it, and when.
pub(crate) fn undone(undone: &Undone) -> String {
    format!("undone by {}, {}", undone.by, date_and_time(undone.at))
}

/// Something was not undone, and why.
pub(crate) fn not_undone(done: &str, error: &ServiceError) -> String {
    ["Not undone: ", done, " ", &errors::error(error)].concat()
}

/// A note in quotation marks, or that there is none.
pub(crate) fn quoted(note: Option<&Note>) -> String {
    note.map_or_else(|| "no note".to_owned(), |note| format!("“{note}”"))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        moderation::ModerationId,
        text::{Label, Name, Title},
    };

    fn told(kind: ActionKind, timestamps: u32) -> String {
        act(&entry(kind, timestamps))
    }

    fn entry(kind: ActionKind, timestamps: u32) -> ModerationAction {
        ModerationAction {
            id: ModerationId(Uuid::nil()),
            kind,
            by: Label::parse("Anna").unwrap(),
            at: DateTime::UNIX_EPOCH,
            timestamps,
            about: (timestamps != 3).then(|| About {
                segment_index: 2,
                offset_seconds: Offset(75),
                note: None,
                name: Some(Name::parse("Ciri").unwrap()),
            }),
            moment: (timestamps != 3).then_some(AboutMoment {
                segment_index: 1,
                at: Offset(90),
                title: None,
                before: None,
                after: None,
                merged: None,
            }),
            edit: None,
            undone: None,
        }
    }

    #[test]
    fn a_moment_is_called_by_its_title_where_the_title_is_not_what_was_changed() {
        let told = |kind| {
            let mut entry = entry(kind, 0);
            entry.moment.as_mut().unwrap().title = Title::parse("The boss").ok();
            act(&entry)
        };
        insta::assert_snapshot!(told(ActionKind::StarMoment), @"starred the moment “The boss” at 00:01:30 in segment 1");
        insta::assert_snapshot!(told(ActionKind::TitleMoment), @"changed the title of the moment at 00:01:30 in segment 1");
    }

    #[test]
    fn the_states_of_a_moment_are_told_in_the_words_of_its_dialog() {
        let told = |before: &str, after: &str| {
            let mut act = entry(ActionKind::SetMomentState, 0);
            let moment = act.moment.as_mut().unwrap();
            (moment.before, moment.after) = (Some(before.to_owned()), Some(after.to_owned()));
            replaced(&act).join(" → ")
        };
        insta::assert_snapshot!(told("open", "cut https://a.example/b"), @"Open → Cut, https://a.example/b");
        insta::assert_snapshot!(told("cut", "of a later build"), @"Cut → “of a later build”");
    }

    #[test]
    fn of_a_moment_that_was_made_only_its_title_is_told() {
        let mut act = entry(ActionKind::MakeMoment, 0);
        let moment = act.moment.as_mut().unwrap();
        (moment.before, moment.after) = (Some(String::new()), Some("The bridge".to_owned()));
        assert_eq!(replaced(&act), ["“The bridge”"]);
    }

    #[test]
    fn an_act_is_told_in_words() {
        let words = [
            told(ActionKind::Hide, 1),
            told(ActionKind::Hide, 3),
            told(ActionKind::HideVisitor, 4),
            told(ActionKind::Block, 0),
            told(ActionKind::Restore, 1),
            told(ActionKind::Restore, 3),
            told(ActionKind::EditNote, 1),
            told(ActionKind::MakeMoment, 0),
            told(ActionKind::TitleMoment, 0),
            told(ActionKind::StarMoment, 0),
            told(ActionKind::UnstarMoment, 0),
            told(ActionKind::HideMoment, 0),
            told(ActionKind::ShowMoment, 3),
            told(ActionKind::MergeMoments, 0),
            told(ActionKind::SplitMoment, 0),
            told(ActionKind::MoveMoment, 0),
            told(ActionKind::SetMomentState, 0),
        ];
        insta::assert_snapshot!(words.join("\n"), @r"
        hid 00:01:15 in segment 2 by Ciri
        hid 3 timestamps
        hid everything from the viewer of 00:01:15 in segment 2 by Ciri (4 timestamps)
        blocked the viewer of 00:01:15 in segment 2 by Ciri (0 timestamps since)
        showed 00:01:15 in segment 2 by Ciri again
        showed 3 timestamps again
        changed the note of 00:01:15 in segment 2 by Ciri
        made the moment at 00:01:30 in segment 1 of a range
        changed the title of the moment at 00:01:30 in segment 1
        starred the moment at 00:01:30 in segment 1
        removed the star from the moment at 00:01:30 in segment 1
        hid the moment at 00:01:30 in segment 1
        showed a moment again
        merged other moments into the moment at 00:01:30 in segment 1
        split the moment at 00:01:30 in segment 1
        moved the start or end of the moment at 00:01:30 in segment 1
        changed the state of the moment at 00:01:30 in segment 1
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
