//! What a streamer sets a session to: who has to give a name, who sees the list, who may pause, and which words hold a
//! note back.

use serde::{Deserialize, Serialize};

use super::{
    held::HeldWords,
    press::{Press, PressRefused},
};

/// What everybody may know of how a session is set. A session that is open to all has none of these set.
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

/// All that a streamer sets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// What everybody may know.
    pub rules: Rules,
    /// Notes and names with one of these words wait for a moderator.
    pub held_words: HeldWords,
}

impl Rules {
    /// Whether nothing is set.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a press has what this session asks for.
    ///
    /// # Errors
    /// `PressRefused::NameMissing`.
    pub fn admit(self, press: &Press) -> Result<(), PressRefused> {
        if self.names_required && press.name.is_none() {
            return Err(PressRefused::NameMissing);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{text::Name, timestamp::TimestampId};

    #[test]
    fn only_where_names_are_required_a_press_without_one_is_refused() {
        let nameless = Press {
            id: TimestampId(Uuid::nil()),
            note: None,
            name: None,
            waited_ms: 0,
        };
        let named = Press {
            name: Some(Name::parse("Ciri").unwrap()),
            ..nameless.clone()
        };
        let strict = Rules {
            names_required: true,
            ..Rules::default()
        };
        assert_eq!(Rules::default().admit(&nameless), Ok(()));
        assert_eq!(strict.admit(&named), Ok(()));
        assert_eq!(strict.admit(&nameless), Err(PressRefused::NameMissing));
    }

    #[test]
    fn a_page_of_before_reads_a_session_without_rules_as_open() {
        let rules: Rules = serde_json::from_str("{}").unwrap();
        assert!(rules.is_open());
    }
}
