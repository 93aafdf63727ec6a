//! One line of clean text with a length limit: notes, names, titles, games and link labels are parsed here once, and stay
//! valid.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::unseen::{is_ignorable, is_pile_mark, is_script_mark};

/// A note: at most 100 characters (rule 4 of the data model).
pub type Note = Text<kind::Note>;
/// The display name that a viewer gives: at most 40 characters, never checked against anything.
pub type Name = Text<kind::Name>;
/// A session's title: 1 to 120 characters.
pub type Title = Text<kind::Title>;
/// The game's name: 1 to 80 characters, free text.
pub type Game = Text<kind::Game>;
/// The streamer's label for a moderator link: 1 to 40 characters.
pub type Label = Text<kind::Label>;
/// What stands on a label: 1 to 20 characters.
pub type LabelWord = Text<kind::LabelWord>;
/// A filtered word, or several: 1 to 40 characters.
pub type HeldWord = Text<kind::HeldWord>;

/// The purpose of a text, and its length limit.
pub trait Kind {
    /// The field that it is typed into.
    const FIELD: Field;
    /// The most characters it may have.
    const MAX: usize;
}

/// The field that a text is typed into, which errors name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the kind of text of the same name")]
pub enum Field {
    Note,
    Name,
    Title,
    Game,
    Label,
    HeldWord,
    LabelWord,
}

impl Field {
    /// Every field, for tables.
    pub const ALL: [Self; 7] = [
        Self::Note,
        Self::Name,
        Self::Title,
        Self::Game,
        Self::Label,
        Self::HeldWord,
        Self::LabelWord,
    ];

    /// Its name in JSON and in logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Name => "name",
            Self::Title => "title",
            Self::Game => "game",
            Self::Label => "label",
            Self::HeldWord => "held_word",
            Self::LabelWord => "label_word",
        }
    }
}

/// The kinds of text in this product.
pub mod kind {
    use super::{Field, Kind};

    macro_rules! kinds {
        ($($(#[$doc:meta])* $kind:ident: $max:literal;)*) => {$(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub struct $kind;

            impl Kind for $kind {
                const FIELD: Field = Field::$kind;
                const MAX: usize = $max;
            }
        )*};
    }

    kinds! {
        /// What a viewer says about the moment.
        Note: 100;
        /// Who a viewer says they are.
        Name: 40;
        /// What a session is called.
        Title: 120;
        /// What is being played.
        Game: 80;
        /// What a moderator link is called.
        Label: 40;
        /// A word that holds a note back.
        HeldWord: 40;
        /// What stands on a label of presses.
        LabelWord: 20;
    }
}

/// One line of text: not empty, without control or bidirectional control characters, at most `K::MAX` characters.
///
/// A character is a Unicode scalar value, as Postgres' `char_length` and SQLite's `length` count.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String", bound = "K: Kind + Clone")]
pub struct Text<K>(String, PhantomData<fn() -> K>);

/// Why a text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    /// Longer than its kind allows.
    #[error("the {} has {characters} characters; at most {most} fit", .field.name())]
    TooLong {
        /// The field it was typed into.
        field: Field,
        /// How many characters it has.
        characters: usize,
        /// How many it may have.
        most: usize,
    },
    /// Nothing is left after cleaning.
    #[error("the {} is empty", .field.name())]
    Empty {
        /// The field it was typed into.
        field: Field,
    },
}

impl<K: Kind> Text<K> {
    /// The most characters (Unicode scalar values) this kind of text may have.
    pub const MAX: usize = K::MAX;

    /// Parses an optional text: `None` if nothing is left after cleaning.
    ///
    /// # Errors
    /// `TextError::TooLong` with the count; a text is never truncated.
    pub fn parse_optional(raw: &str) -> Result<Option<Self>, TextError> {
        let text = tidy(raw);
        if text.is_empty() {
            return Ok(None);
        }
        let characters = text.chars().count();
        if characters > K::MAX {
            return Err(TextError::TooLong {
                field: K::FIELD,
                characters,
                most: K::MAX,
            });
        }
        Ok(Some(Self(text, PhantomData)))
    }

    /// Parses a required text.
    ///
    /// # Errors
    /// `TextError::Empty` if nothing is left after cleaning, `TextError::TooLong` with the count.
    pub fn parse(raw: &str) -> Result<Self, TextError> {
        Self::parse_optional(raw)?.ok_or(TextError::Empty { field: K::FIELD })
    }

    /// How many more characters may be typed; negative if there are too many.
    pub fn characters_left(raw: &str) -> i64 {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        count(K::MAX) - count(tidy(raw).chars().count())
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<K: Kind> TryFrom<String> for Text<K> {
    type Error = TextError;

    fn try_from(raw: String) -> Result<Self, TextError> {
        Self::parse(&raw)
    }
}

impl<K> From<Text<K>> for String {
    fn from(text: Text<K>) -> Self {
        text.0
    }
}

impl<K> fmt::Display for Text<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The most marks on one letter: more would cover the lines above and below. Vietnamese needs two, phonetic transcriptions
/// three.
const MOST_MARKS: usize = 4;

/// The same for the marks of single scripts: syllables of Burmese and Hebrew of the Bible have five.
const MOST_SCRIPT_MARKS: usize = 6;

/// Replaces runs of white space and control characters by one space, removes bidirectional controls and excess combining
/// marks, and trims the ends. Text with no visible character becomes empty.
fn tidy(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut marks = 0;
    for c in raw.chars().filter(|c| !is_bidi_control(*c)) {
        let most = match c {
            c if is_pile_mark(c) => Some(MOST_MARKS),
            c if is_script_mark(c) => Some(MOST_SCRIPT_MARKS),
            _ => None,
        };
        marks = match most {
            Some(_) => marks + 1,
            // Nobody sees it between two marks.
            None if is_ignorable(c) => marks,
            None => 0,
        };
        if !(c.is_whitespace() || c.is_control()) {
            if most.is_none_or(|most| marks <= most) {
                text.push(c);
            }
        } else if !text.is_empty() && !text.ends_with(' ') {
            text.push(' ');
        }
    }
    text.truncate(text.trim_end().len());
    if text
        .chars()
        .all(|c| is_ignorable(c) || is_pile_mark(c) || c == ' ')
    {
        text.clear();
    }
    text
}

/// The characters with the Unicode property `Bidi_Control`, which can make a line read differently.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn white_space_and_controls_become_one_space() {
        let note = Note::parse("  Geralt\t\ninsulted\u{0}  the\u{2028}Baron \r\n").unwrap();
        assert_eq!(note.as_str(), "Geralt insulted the Baron");
    }

    #[test]
    fn bidirectional_controls_are_removed() {
        assert_eq!(Note::parse("a\u{202e}b\u{2066}c").unwrap().as_str(), "abc");
    }

    #[test]
    fn nothing_left_is_no_note() {
        for raw in [
            "",
            "   ",
            "\u{202e}",
            "\u{200b}\u{feff}",
            "\n\t\u{0}",
            "\u{3164}",
            "\u{ad} \u{2063}",
            "\u{2800}",
            "\u{301}\u{302}",
        ] {
            assert_eq!(Note::parse_optional(raw), Ok(None), "{raw:?}");
        }
    }

    #[test]
    fn a_hundred_and_one_characters_are_refused_with_the_count() {
        assert!(Note::parse(&"ż".repeat(100)).is_ok());
        let refused = TextError::TooLong {
            field: Field::Note,
            characters: 101,
            most: 100,
        };
        assert_eq!(Note::parse(&"ż".repeat(101)), Err(refused));
    }

    #[test]
    fn an_emoji_outside_the_basic_plane_is_one_character() {
        assert!(Note::parse(&"🎬".repeat(100)).is_ok());
        assert_eq!(Note::characters_left("🎬🎬"), 98);
    }

    #[test]
    fn a_text_read_from_json_is_parsed_like_any_other() {
        assert!(serde_json::from_str::<Title>("\"  \"").is_err());
        let title: Title = serde_json::from_str("\" Witcher 3 \"").unwrap();
        assert_eq!(title.as_str(), "Witcher 3");
    }

    #[test]
    fn a_letter_keeps_a_few_marks_and_no_pile_of_them() {
        let pile = format!("z{}algo", "\u{30d}".repeat(50));
        let note = Note::parse(&pile).unwrap();
        assert_eq!(note.as_str(), format!("z{}algo", "\u{30d}".repeat(4)));
        let parted = format!("z{}algo", "\u{30d}\u{30d}\u{30d}\u{200d}".repeat(9));
        let note = Note::parse(&parted).unwrap();
        assert_eq!(note.as_str().matches('\u{30d}').count(), 4);
        for written in ["Việt Nam", "👩\u{200d}🚀"] {
            assert_eq!(Note::parse(written).unwrap().as_str(), written);
        }
    }

    #[test]
    fn the_marks_of_single_scripts_pile_up_no_more_than_their_words_need() {
        for mark in [
            '\u{5b0}', '\u{64b}', '\u{651}', '\u{730}', '\u{941}', '\u{951}', '\u{9cd}', '\u{a70}',
            '\u{bc0}', '\u{c3f}', '\u{dd4}', '\u{e49}', '\u{ec9}', '\u{f74}', '\u{102d}',
            '\u{17b7}', '\u{1cd0}', '\u{302a}', '\u{3099}',
        ] {
            let pile = format!("a{}b", mark.to_string().repeat(90));
            let note = Note::parse(&pile).unwrap();
            let marks = note.as_str().matches(mark).count();
            assert_eq!(marks, MOST_SCRIPT_MARKS, "{mark:?}");
        }
        let both = format!("a{}b", "\u{e49}\u{301}\u{64b}".repeat(30));
        assert!(Note::parse(&both).unwrap().as_str().chars().count() <= 8);
        for written in [
            "क्षत्रिय",
            "हाााााााााा!",
            "שָׁלוֹם",
            "בְּרֵאשִׁ֖ית",
            "السَّلَامُ عَلَيْكُم",
            "كـــــــــــــلب",
            "ก็ได้ไอ้บ้านี่มากกกกก",
            "ညှို့မြို့",
            "ក្រុម",
            "ప్రాాాాాాాాా",
            "அம்மா",
            "བསྒྲུབས",
        ] {
            assert_eq!(Note::parse(written).unwrap().as_str(), written);
        }
    }

    proptest! {
        #[test]
        fn whatever_shows_nothing_is_no_note(raw in "[\\u{ad}\\u{200b}-\\u{200f}\\u{2060}-\\u{206f}\\u{3164}\\u{fe00}-\\u{fe0f}\\u{e0000}-\\u{e0fff} ]{0,40}") {
            prop_assert_eq!(Note::parse_optional(&raw), Ok(None));
        }

        #[test]
        fn what_was_parsed_parses_again_to_itself(raw in "\\PC{0,120}|[\\s\\S]{0,120}|[a\u{301}\u{e49}\u{64b}\u{200d} ]{0,60}") {
            if let Ok(Some(note)) = Note::parse_optional(&raw) {
                prop_assert_eq!(Note::parse(note.as_str()), Ok(note.clone()));
                prop_assert!(!note.as_str().chars().any(|c| c.is_control() || is_bidi_control(c)));
                prop_assert!(note.as_str().chars().count() <= Note::MAX);
            }
        }

        #[test]
        fn the_page_counts_as_the_rule_does(raw in "[\\s\\S]{0,220}") {
            let fits = Note::parse_optional(&raw).is_ok();
            prop_assert_eq!(fits, Note::characters_left(&raw) >= 0);
        }
    }
}
