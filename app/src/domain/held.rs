//! The words that hold a note back until a moderator has looked at it.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::text::{HeldWord, TextError};

/// The most words that a session holds notes back for.
pub const MOST_HELD_WORDS: usize = 200;

/// A list of words. A note or name with one of them is held back: its author sees it, others only once a moderator shows
/// it.
///
/// A word counts where it stands alone, in whatever case; several words count where they follow each other. One that ends
/// with `*` counts where a word begins with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<HeldWord>", into = "Vec<HeldWord>")]
pub struct HeldWords(Vec<HeldWord>);

/// Why a list of words was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HeldWordsError {
    /// One of them is no good.
    #[error(transparent)]
    Word(#[from] TextError),
    /// One has nothing that could be found in a note.
    #[error("“{0}” has no letter or digit, so no note can be held back for it.")]
    NoWord(HeldWord),
    /// There are too many.
    #[error("These are {0} words; at most {MOST_HELD_WORDS} fit.")]
    TooMany(usize),
}

impl HeldWords {
    /// Reads words that stand one a line, or with commas between them. Empty ones are left out.
    ///
    /// # Errors
    /// `HeldWordsError`, in words for the streamer.
    pub fn parse(raw: &str) -> Result<Self, HeldWordsError> {
        let words = raw
            .split(['\n', ','])
            .filter_map(|word| HeldWord::parse_optional(word).transpose())
            .collect::<Result<Vec<_>, _>>()?;
        Self::try_from(words)
    }

    /// The words.
    pub fn words(&self) -> &[HeldWord] {
        &self.0
    }

    /// Whether one of the words stands in a text.
    pub fn hold(&self, text: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let text = words_of(text);
        self.0
            .iter()
            .any(|held| stands_in(&words_of(held.as_str()), held.as_str(), &text))
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
        match words.iter().find(|word| words_of(word.as_str()).is_empty()) {
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

/// The words of a text, in lower case: letters and digits that stand together.
fn words_of(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Whether these words follow each other in a text; of the last one a beginning is enough where `raw` ends with `*`.
fn stands_in(held: &[String], raw: &str, text: &[String]) -> bool {
    let Some((last, first)) = held.split_last() else {
        return false;
    };
    let is_beginning = raw.ends_with('*');
    text.windows(held.len()).any(|window| {
        window.split_last().is_some_and(|(end, start)| {
            start == first && (end == last || (is_beginning && end.starts_with(last.as_str())))
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn held(raw: &str) -> HeldWords {
        HeldWords::parse(raw).unwrap()
    }

    #[test]
    fn a_word_counts_where_it_stands_alone_in_whatever_case() {
        let held = held("ass, Żmija");
        for text in ["Ass", "you ASS!", "ass-hat", "żmija!", "(ŻMIJA)"] {
            assert!(held.hold(text), "{text}");
        }
        for text in ["classic", "assassin", "", "żmijka"] {
            assert!(!held.hold(text), "{text}");
        }
    }

    #[test]
    fn a_star_stands_for_the_rest_of_a_word() {
        let held = held("spoil*");
        assert!(held.hold("Spoilers ahead") && held.hold("spoil"));
        assert!(!held.hold("unspoiled"));
    }

    #[test]
    fn several_words_count_where_they_follow_each_other() {
        let held = held("final boss");
        assert!(held.hold("the final, BOSS dies"));
        assert!(!held.hold("boss final") && !held.hold("final big boss"));
    }

    #[test]
    fn what_could_hold_nothing_back_is_refused() {
        insta::assert_snapshot!(HeldWords::parse("fine\n!!").unwrap_err(), @"“!!” has no letter or digit, so no note can be held back for it.");
        let many: Vec<_> = (0..201).map(|n| n.to_string()).collect();
        insta::assert_snapshot!(HeldWords::parse(&many.join(",")).unwrap_err(), @"These are 201 words; at most 200 fit.");
    }

    #[test]
    fn a_list_read_from_json_is_parsed_like_any_other() {
        assert!(serde_json::from_str::<HeldWords>(r#"["!"]"#).is_err());
        let held: HeldWords = serde_json::from_str(r#"["b", "a", "b"]"#).unwrap();
        assert_eq!(serde_json::to_string(&held).unwrap(), r#"["a","b"]"#);
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_refused_or_holds_its_own_words(raw in "[\\s\\S]{0,80}") {
            if let Ok(held) = HeldWords::parse(&raw) {
                for word in held.words() {
                    prop_assert!(held.hold(word.as_str()), "{word}");
                }
            }
        }

        #[test]
        fn without_words_nothing_is_held(text in "[\\s\\S]{0,120}") {
            prop_assert!(!HeldWords::default().hold(&text));
        }
    }
}
