//! Text of a session's title, game and rules.

/// The heading of title and game.
pub(crate) const NAMES_HEADING: &str = "Title and game";
/// Saves what was changed.
pub(crate) const SAVE: &str = "Save";
/// It is saved.
pub(crate) const SAVED: &str = "Saved.";

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
pub(crate) const HELD_WORDS_HINT: &str = "One per line. A note or name with one of them waits until a moderator shows it. A * at the end stands for the rest of a word: spoil* also finds spoilers.";
