//! Settings of a session: whether names are required, who sees the list, who may pause, and the filtered words.

use serde::{Deserialize, Serialize};

use super::held::{HeldWords, HeldWordsError};

/// The public settings of a session. In an open session, none of them is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Whether every press needs a name.
    pub names_required: bool,
    /// Whether only moderators and the streamer see the list; viewers then see their own presses.
    pub staff_list: bool,
    /// Whether moderators may pause and resume.
    pub moderators_pause: bool,
}

/// All settings of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The public ones.
    pub rules: Rules,
    /// Notes and names that contain one of these words wait for a moderator.
    pub held_words: HeldWords,
}

/// Settings as they are sent to the server: the words are parsed there, so that an error names the rule that was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawSettings {
    /// The public ones.
    pub rules: Rules,
    /// The filtered words, as they were typed.
    pub held_words: Vec<String>,
}

impl TryFrom<RawSettings> for Settings {
    type Error = HeldWordsError;

    fn try_from(raw: RawSettings) -> Result<Self, HeldWordsError> {
        let words = raw.held_words.iter().map(String::as_str);
        Ok(Self {
            rules: raw.rules,
            held_words: HeldWords::parse_each(words)?,
        })
    }
}

impl From<Settings> for RawSettings {
    fn from(settings: Settings) -> Self {
        let words = settings.held_words.words().iter();
        Self {
            rules: settings.rules,
            held_words: words.map(ToString::to_string).collect(),
        }
    }
}

impl Rules {
    /// Whether nothing is set.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_before_reads_a_session_without_rules_as_open() {
        let rules: Rules = serde_json::from_str("{}").unwrap();
        assert!(rules.is_open());
    }
}
