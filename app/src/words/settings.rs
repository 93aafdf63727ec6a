//! Text of a session's title, game, lead, labels and rules.

use super::moments::viewers;
use crate::domain::{
    labels::{Colour, MOST_KNOWN_LABELS},
    lead::Lead,
    lead_measure::{LEAST_VISITORS, Measured},
};

/// The heading of title, game, lead and labels.
pub(crate) const NAMES_HEADING: &str = "Title, game, lead and labels";
/// Saves what was changed.
pub(crate) const SAVE: &str = "Save";
/// It is saved.
pub(crate) const SAVED: &str = "Saved.";

/// Two labels say this word.
pub(crate) fn same_labels(word: &str) -> String {
    format!("Two labels say “{word}”. Please change or remove one of them.")
}

/// More labels than there may be at a time, or in the life of a session.
pub(crate) fn too_many_labels(most: usize) -> String {
    match most {
        MOST_KNOWN_LABELS => format!(
            "A session can have at most {most} labels in its life, removed ones included. Rename one instead."
        ),
        _ => format!("At most {most} labels fit."),
    }
}

/// What was typed is no lead.
pub(crate) fn not_a_lead() -> String {
    format!(
        "Please give the seconds to step back as a whole number from 0 to {}.",
        Lead::MOST
    )
}

/// The field for the lead.
pub(crate) const LEAD: &str = "Seconds to step back for a clip";
/// What the lead is for.
pub(crate) const LEAD_HINT: &str = "Viewers press late: the stream reaches them late, and they need a moment to react. Lists show where a clip would start, this long before a timestamp; the timestamps themselves stay as they are. To measure it, press “Measure”, and say “press now” on air at the same time.";
/// Begins to measure.
pub(crate) const MEASURE: &str = "Measure";
/// Whether delays are learnt; the box stands before it.
pub(crate) const LEARNS_DELAYS: &str =
    " When the stream pauses or ends, correct its moments for how late each viewer usually presses";

/// How the measurement stands: whether it goes on, and what came in so far. It counts no seconds, since every change of it is
/// announced.
pub(crate) fn measuring(is_listening: bool, measured: Option<Measured>) -> String {
    let so_far = measured.map(|measured| match measured {
        Measured {
            visitors,
            delay_seconds: Some(seconds),
        } => format!(
            "{} pressed, a median of {seconds} s late.",
            viewers(visitors)
        ),
        Measured { visitors, .. } => format!(
            "{} pressed; at least {LEAST_VISITORS} are needed.",
            viewers(visitors)
        ),
    });
    match (is_listening, so_far) {
        (true, Some(so_far)) => format!("Listening for a minute … {so_far}"),
        (true, None) => "Listening for a minute …".to_owned(),
        (false, so_far) => so_far.unwrap_or_default(),
    }
}

/// Takes over what was measured.
pub(crate) fn use_seconds(seconds: u32) -> String {
    format!("Use {seconds} s")
}

/// It was taken over into the field, which is not saved yet.
pub(crate) fn taken(seconds: u32) -> String {
    format!("{seconds} s is filled in. Save to keep it.")
}

/// The heading of the labels.
pub(crate) const LABELS_HEADING: &str = "Labels";
/// What labels are, and what changing them does.
pub(crate) const LABELS_HINT: &str = "Viewers can press one of these instead of the large button. A word that you change here changes everywhere it was used. A label that you remove is no longer offered, and stays where it was used.";
/// The word of a label, for those who hear the form.
pub(crate) fn label_word(number: usize) -> String {
    format!("Word of label {number}")
}

/// The colour of a label, for those who hear the form.
pub(crate) fn label_colour(number: usize) -> String {
    format!("Colour of label {number}")
}

/// Removes a label; what follows is for those who hear the form.
pub(crate) const REMOVE: &str = "Remove";
/// Which one is removed.
pub(crate) fn remove_label(number: usize) -> String {
    format!(" label {number}")
}

/// A colour by its name.
pub(crate) fn colour(colour: Colour) -> &'static str {
    match colour {
        Colour::Red => "Red",
        Colour::Orange => "Orange",
        Colour::Yellow => "Yellow",
        Colour::Green => "Green",
        Colour::Teal => "Teal",
        Colour::Blue => "Blue",
        Colour::Purple => "Purple",
        Colour::Pink => "Pink",
    }
}

/// The heading of the rules.
pub(crate) const RULES_HEADING: &str = "Rules";
/// A rule that can be ticked; the box stands before it.
pub(crate) const NAMES_REQUIRED: &str = " Every press needs a name";
/// The same.
pub(crate) const STAFF_LIST: &str = " Only moderators see the list";
/// The same.
pub(crate) const MODERATORS_PAUSE: &str = " Moderators may pause and resume";
/// The field for the words that hold notes back.
pub(crate) const HELD_WORDS: &str = "Words that hold a note back";
/// How they are typed, and what they do.
pub(crate) const HELD_WORDS_HINT: &str = "One per line, or separated by commas. A note or name with one of them waits until a moderator shows it. A * at the end stands for the rest of a word: spoil* also finds spoilers.";
