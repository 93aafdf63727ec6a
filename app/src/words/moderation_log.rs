//! Text of the moderation log: what was done, what it replaced, and that it was undone.

use super::{home, moments, time::date_and_time};
use crate::domain::{
    moderation::{About, AboutMoment, ActionKind, ModerationAction, Undone},
    moments::moment::EditingState,
    text::Note,
};

/// The heading of the log.
pub(crate) const HEADING: &str = "Moderation log";
/// Reloads the log.
pub(crate) const REFRESH: &str = "Refresh";
/// Reads one more page of it.
pub(crate) const SHOW_OLDER: &str = "Show older";
/// The log is on its way.
pub(crate) const LOADING: &str = "Loading …";
/// The log is empty.
pub(crate) const NOTHING_DONE: &str = "Nothing has been done yet.";

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
        if let Some(change) = clip_change(act, moment) {
            return change.addresses();
        }
        let both = [before, moment.after.as_ref()].into_iter().flatten();
        let both = both.map(|text| match act.kind {
            ActionKind::SetMomentState => state(text).unwrap_or_else(|| words(text)),
            _ => words(text),
        });
        return both.collect();
    }
    // Several rows don't all say what the first one does.
    if matches!(act.kind, ActionKind::Hide | ActionKind::Restore) && act.timestamps > 1 {
        return Vec::new();
    }
    let note = act.about.as_ref().and_then(|about| about.note.as_ref());
    note.map(|note| vec![quoted(Some(note))])
        .unwrap_or_default()
}

/// The state of a moment as the log stores it: its name, and after a space the address of the clip. None if this build
/// doesn’t know it.
fn state(stored: &str) -> Option<String> {
    let (name, clip) = state_and_clip(stored);
    let mut states = EditingState::ALL.into_iter();
    let state = moments::state(states.find(|state| state.name() == name)?);
    Some(match clip {
        Some(clip) => format!("{state}, {clip}"),
        None => state.to_owned(),
    })
}

/// The name of a state as the log stores it, and the address of the clip behind it.
fn state_and_clip(stored: &str) -> (&str, Option<&str>) {
    match stored.split_once(' ') {
        Some((name, clip)) => (name, Some(clip)),
        None => (stored, None),
    }
}

/// What became of the link to a clip.
enum ClipChange<'a> {
    Added(&'a str),
    Replaced(&'a str, &'a str),
    Removed(&'a str),
}

impl ClipChange<'_> {
    fn verb(&self) -> &'static str {
        match self {
            Self::Added(_) => "added",
            Self::Replaced(..) => "changed",
            Self::Removed(_) => "removed",
        }
    }

    /// The addresses that it is about, the earlier one first.
    fn addresses(&self) -> Vec<String> {
        match *self {
            Self::Added(clip) | Self::Removed(clip) => vec![clip.to_owned()],
            Self::Replaced(before, after) => vec![before.to_owned(), after.to_owned()],
        }
    }
}

/// What became of the link to the clip of a moment, if the action left its state alone.
fn clip_change<'a>(act: &ModerationAction, moment: &'a AboutMoment) -> Option<ClipChange<'a>> {
    let (before, after) = moment.before.as_deref().zip(moment.after.as_deref())?;
    let ((state, before), (state_after, after)) = (state_and_clip(before), state_and_clip(after));
    if act.kind != ActionKind::SetMomentState || state != state_after {
        return None;
    }
    match (before, after) {
        (None, Some(clip)) => Some(ClipChange::Added(clip)),
        (Some(before), Some(after)) => Some(ClipChange::Replaced(before, after)),
        (Some(clip), None) => Some(ClipChange::Removed(clip)),
        (None, None) => None,
    }
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
    let many = || home::timestamps(act.timestamps);
    match (act.kind, act.timestamps) {
        (ActionKind::Hide, 1) => format!("hid {}", about()),
        (ActionKind::Hide, _) => format!("hid {}", many()),
        (ActionKind::Restore, 1) => format!("showed {} again", about()),
        (ActionKind::Restore, _) => format!("showed {} again", many()),
        (ActionKind::HideVisitor, _) => {
            format!(
                "hid all timestamps of the viewer of {} ({})",
                about(),
                act.timestamps
            )
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
        (ActionKind::SetMomentState, _) => match act
            .moment
            .as_ref()
            .and_then(|moment| clip_change(act, moment))
        {
            Some(change) => format!("{} the clip link of {}", change.verb(), moment()),
            None => format!("changed the state of {}", moment()),
        },
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
pub(crate) fn undone(undone: &Undone, this_year: i32) -> String {
    let at = date_and_time(undone.at, this_year);
    format!("undone by {}, {at}", undone.by)
}

/// A note in quotation marks, or that there is none.
fn quoted(note: Option<&Note>) -> String {
    note.map_or_else(|| "no note".to_owned(), |note| format!("“{note}”"))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        moderation::ModerationId,
        offset::Offset,
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
    fn where_only_the_link_to_a_clip_was_changed_the_state_is_not_told() {
        let told = |before: &str, after: &str| {
            let mut entry = entry(ActionKind::SetMomentState, 0);
            let moment = entry.moment.as_mut().unwrap();
            (moment.before, moment.after) = (Some(before.to_owned()), Some(after.to_owned()));
            format!("{}: {}", act(&entry), replaced(&entry).join(" → "))
        };
        let [none, one, other] = [
            "open",
            "open https://a.example/1",
            "open https://a.example/2",
        ];
        let words = [
            told(none, one),
            told(one, other),
            told(one, none),
            told(none, "cut https://a.example/1"),
        ];
        insta::assert_snapshot!(words.join("\n"), @r"
        added the clip link of the moment at 00:01:30 in segment 1: https://a.example/1
        changed the clip link of the moment at 00:01:30 in segment 1: https://a.example/1 → https://a.example/2
        removed the clip link of the moment at 00:01:30 in segment 1: https://a.example/1
        changed the state of the moment at 00:01:30 in segment 1: Open → Cut, https://a.example/1
        ");
    }

    #[test]
    fn the_note_of_one_row_is_not_quoted_as_that_of_many() {
        let quoted = |kind, timestamps| {
            let mut entry = entry(kind, 1);
            entry.moment = None;
            entry.timestamps = timestamps;
            entry.about.as_mut().unwrap().note = Note::parse("nice").ok();
            replaced(&entry)
        };
        for kind in [ActionKind::Hide, ActionKind::Restore] {
            assert_eq!(quoted(kind, 1), ["“nice”"]);
            assert!(quoted(kind, 28).is_empty());
        }
        // It tells which viewer it was, by a timestamp that is named.
        assert_eq!(quoted(ActionKind::HideVisitor, 28), ["“nice”"]);
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
        hid all timestamps of the viewer of 00:01:15 in segment 2 by Ciri (4)
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
        merged one or more moments into the moment at 00:01:30 in segment 1
        split the moment at 00:01:30 in segment 1
        moved the start or end of the moment at 00:01:30 in segment 1
        changed the state of the moment at 00:01:30 in segment 1
        ");
    }
}
