//! All text that users read: one file per page or subject, from typed values to words.
//!
//! Nothing else in this crate contains sentences: pages and components take them from here, and the `Display` of an error
//! is for logs. Another language is thus another folder like this one.

pub(crate) mod desk;
pub mod errors;
pub mod export;
pub(crate) mod filter;
pub(crate) mod home;
pub(crate) mod joins;
pub(crate) mod links;
pub(crate) mod moderation;
pub(crate) mod moderation_log;
pub(crate) mod moments;
pub(crate) mod offline;
pub(crate) mod presence;
pub(crate) mod press;
mod press_refused;
pub(crate) mod privacy;
pub mod refusals;
pub(crate) mod rehearsal;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod stream;
pub(crate) mod tab;
pub(crate) mod time;
pub(crate) mod viewer;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::stream_command::ActRefused, service::ServiceError};

    /// The words that follow a 1 and end like a plural.
    fn plurals_after_one(words: &str) -> Vec<&str> {
        let words: Vec<_> = words.split_whitespace().collect();
        let pairs = words.windows(2).filter(|pair| pair[0] == "1");
        let nouns = pairs.map(|pair| pair[1].trim_matches(|c: char| !c.is_alphabetic()));
        nouns
            .filter(|noun| noun.len() > 1 && noun.ends_with('s'))
            .collect()
    }

    #[test]
    fn one_of_a_kind_is_not_told_as_several() {
        let ended = ServiceError::Act(ActRefused::BeganTooEarly { at_most: 1 });
        let told = [
            home::timestamps(1),
            moments::viewers(1),
            moments::others(Some(1)),
            moderation::hidden_or_shown(1, true),
            moderation::hidden_or_shown(1, false),
            moderation::new_rows(1),
            moderation::ticked(1),
            filter::rows(1, 1, false),
            filter::rows(1, 1, true),
            filter::rows_of_range(1, true),
            filter::hide_all(1, false),
            filter::hiding(1),
            press::nameless(1),
            press::characters_left(1),
            presence::doing("Anna", 1, &[]),
            errors::error(&ended).into_owned(),
        ];
        for words in &told {
            assert_eq!(plurals_after_one(words), [""; 0], "{words}");
        }
        // What is looked for would be found.
        let two = told.map(|words| words.replace("1 timestamp", "1 timestamps"));
        assert_eq!(plurals_after_one(&two[0]), ["timestamps"]);
    }
}
