//! The filtered words: they hold a note back until a moderator has looked at it.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    text::{HeldWord, TextError},
    unseen::{is_ignorable, is_unsearched},
};

/// The most filtered words of a session.
pub const MOST_HELD_WORDS: usize = 200;

/// A list of words. A note or name that contains one is held back: its author sees it, others only once a moderator shows
/// it.
///
/// A word matches where it stands alone, whatever its case or form; several words match where they follow each other. A word
/// that ends with `*` matches where a word begins with it. In scripts that put no spaces between words, one matches wherever
/// its letters stand, and a word of another script between them stands alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<HeldWord>", into = "Vec<HeldWord>")]
pub struct HeldWords(Vec<HeldWord>);

/// Why a list of words was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HeldWordsError {
    /// One of them is invalid.
    #[error(transparent)]
    Word(#[from] TextError),
    /// One has nothing that could be found in a note.
    #[error("“{0}” has no letter or digit")]
    NoWord(HeldWord),
    /// There are too many.
    #[error("{0} words; at most {MOST_HELD_WORDS} fit")]
    TooMany(usize),
}

impl HeldWords {
    /// Parses words, one per line or separated by commas. Empty ones are left out.
    ///
    /// # Errors
    /// `HeldWordsError`.
    pub fn parse(raw: &str) -> Result<Self, HeldWordsError> {
        Self::parse_each(raw.split(['\n', ',']))
    }

    /// Parses a list of words. Empty ones are left out.
    ///
    /// # Errors
    /// `HeldWordsError`.
    pub fn parse_each<'a>(raw: impl Iterator<Item = &'a str>) -> Result<Self, HeldWordsError> {
        let words = raw
            .filter_map(|word| HeldWord::parse_optional(word).transpose())
            .collect::<Result<Vec<_>, _>>()?;
        Self::try_from(words)
    }

    /// The words.
    pub fn words(&self) -> &[HeldWord] {
        &self.0
    }

    /// The stored words; words that match nothing by today's rules are left out.
    pub fn stored(words: Vec<String>) -> Self {
        let words = words
            .iter()
            .filter_map(|word| HeldWord::parse_optional(word).ok()?);
        Self(words.filter(|word| has_word(word.as_str())).collect())
    }
}

impl TryFrom<Vec<HeldWord>> for HeldWords {
    type Error = HeldWordsError;

    fn try_from(mut words: Vec<HeldWord>) -> Result<Self, HeldWordsError> {
        words.sort_unstable();
        words.dedup();
        if words.len() > MOST_HELD_WORDS {
            return Err(HeldWordsError::TooMany(words.len()));
        }
        match words.iter().find(|word| !has_word(word.as_str())) {
            Some(empty) => Err(HeldWordsError::NoWord(empty.clone())),
            None => Ok(Self(words)),
        }
    }
}

impl From<HeldWords> for Vec<HeldWord> {
    fn from(held: HeldWords) -> Self {
        held.0
    }
}

/// Whether a word contains anything to search for.
fn has_word(text: &str) -> bool {
    let is_searched = |c: char| c.is_alphanumeric() && !(is_ignorable(c) || is_unsearched(c));
    text.chars().any(is_searched)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_word_that_holds_nothing_any_more_is_left_out() {
        let words = ["fine", "\u{3164}", "!", "\u{640}"].map(ToOwned::to_owned);
        let held = HeldWords::stored(words.to_vec());
        assert_eq!(serde_json::to_string(&held).unwrap(), r#"["fine"]"#);
    }

    #[test]
    fn what_could_hold_nothing_back_is_refused() {
        let no_word = HeldWordsError::NoWord(HeldWord::parse("!!").unwrap());
        assert_eq!(HeldWords::parse("fine\n!!"), Err(no_word));
        let many: Vec<_> = (0..201).map(|n| n.to_string()).collect();
        let too_many = HeldWordsError::TooMany(201);
        assert_eq!(HeldWords::parse(&many.join(",")), Err(too_many));
    }

    #[test]
    fn a_list_read_from_json_is_parsed_like_any_other() {
        assert!(serde_json::from_str::<HeldWords>(r#"["!"]"#).is_err());
        let held: HeldWords = serde_json::from_str(r#"["b", "a", "b"]"#).unwrap();
        assert_eq!(serde_json::to_string(&held).unwrap(), r#"["a","b"]"#);
    }
}
