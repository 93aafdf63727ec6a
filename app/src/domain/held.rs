//! The filtered words: they hold a note back until a moderator has looked at it.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    text::{HeldWord, TextError},
    unseen::{is_ignorable, is_unsearched},
};

/// The most filtered words of a session.
pub const MOST_HELD_WORDS: usize = 200;

/// The commas of all scripts: what a keyboard has where others have the comma.
const COMMAS: &str =
    ",\u{55d}\u{60c}\u{7f8}\u{1363}\u{1802}\u{3001}\u{a60d}\u{fe50}\u{fe51}\u{ff0c}\u{ff64}";

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
        Self::parse_each(raw.lines())
    }

    /// Parses a list of words, of which commas make more. Empty ones are left out.
    ///
    /// # Errors
    /// `HeldWordsError`.
    pub fn parse_each<'a>(raw: impl Iterator<Item = &'a str>) -> Result<Self, HeldWordsError> {
        let words = raw
            .flat_map(parted)
            .filter_map(|word| HeldWord::parse_optional(word).transpose())
            .collect::<Result<Vec<_>, _>>()?;
        Self::try_from(words)
    }

    /// The words.
    pub fn words(&self) -> &[HeldWord] {
        &self.0
    }

    /// The stored words; commas of other scripts, which used to be kept within one, part them unless that makes too many, and
    /// words that match nothing by today's rules are left out.
    pub fn stored(words: Vec<String>) -> Self {
        let words = words.iter().map(String::as_str);
        let all = stored_words(words.clone().flat_map(parted));
        Self(match all.len() <= MOST_HELD_WORDS {
            true => all,
            false => stored_words(words),
        })
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

/// Those of stored words that match something, each once.
fn stored_words<'a>(words: impl Iterator<Item = &'a str>) -> Vec<HeldWord> {
    let words = words.filter_map(|word| HeldWord::parse_optional(word).ok()?);
    let mut words: Vec<_> = words.filter(|word| has_word(word.as_str())).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The words of a list in one line.
fn parted(list: &str) -> impl Iterator<Item = &str> {
    list.split(|c| COMMAS.contains(c))
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
    fn a_comma_of_any_script_parts_words() {
        for comma in COMMAS.chars() {
            let list = format!("one{comma} two{comma}\r\nthree");
            let held = HeldWords::parse(&list).unwrap();
            let words = serde_json::to_string(&held).unwrap();
            assert_eq!(words, r#"["one","three","two"]"#, "{comma}");
            let stored = HeldWords::stored(vec![list.replace("\r\n", "")]);
            assert_eq!(stored.words().len(), 3, "{comma}");
        }
    }

    #[test]
    fn stored_words_can_be_read_and_saved_again_however_many_their_commas_make() {
        for count in [MOST_HELD_WORDS / 2, MOST_HELD_WORDS] {
            let stored = (0..count).map(|nth| format!("a{nth}、b{nth}"));
            let held = HeldWords::stored(stored.chain(["b0".to_owned()]).take(count).collect());
            let json = serde_json::to_string(&held).unwrap();
            assert_eq!(serde_json::from_str::<HeldWords>(&json).unwrap(), held);
        }
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
