//! Why input was refused: the rule that it broke, as data.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    clip_url::NotAClipUrl,
    filter::FilterError,
    held::{HeldWordsError, MOST_HELD_WORDS},
    lead::LeadError,
    moderation::ModerationAction,
    moments::{join, range_rule::RangeRule},
    text::{Field, TextError},
};

/// The rule that an input broke.
///
/// In JSON it is a flat object whose fields are all optional, and anything unknown is read as `Unspecified`, so that tabs
/// of an older build cope with a new rule.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(from = "Cause", into = "Cause")]
pub enum InvalidInput {
    /// A text that is too long, or missing.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A filtered word that can match nothing.
    #[error("“{word}” has no letter or digit")]
    NoWord {
        /// The word.
        word: String,
    },
    /// More filtered words than a session may have.
    #[error("{count} words; at most {MOST_HELD_WORDS} fit")]
    TooManyWords {
        /// The number of words.
        count: usize,
    },
    /// Two labels that say the same.
    #[error("two labels say “{word}”")]
    SameLabels {
        /// The word.
        word: String,
    },
    /// More labels than a session may have at a time, or in its life.
    #[error("{count} labels; at most {most} fit")]
    TooManyLabels {
        /// How many there would be.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// A filter that rows can't be hidden by.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// One call names more timestamps than it may.
    #[error("more than {} timestamps in one call", ModerationAction::MOST_NAMED)]
    TooManyIds,
    /// A lead that is no whole number of seconds, or longer than it may be.
    #[error(transparent)]
    Lead(#[from] LeadError),
    /// The link to a clip is no address.
    #[error("the link to the clip is no http or https address")]
    ClipUrl,
    /// A time that can't be read. Pages refuse it: what is sent is seconds.
    #[error("this is no time")]
    Time,
    /// A range that can't be a moment's.
    #[error(transparent)]
    MomentRange(#[from] RangeRule),
    /// A session has as many moments, or changes of their ranges, as it may have.
    #[error("the session has too many moments or changes of their ranges")]
    TooManyRanges,
    /// A visitor has joined as many moments of a session as they may.
    #[error("the visitor has joined {} moments", join::MOST)]
    TooManyJoins,
    /// "I began N minutes ago", where N is no whole number.
    #[error("the minutes are not a whole number")]
    Minutes,
    /// The box that confirms the erasure was not ticked.
    #[error("the box was not ticked")]
    Unconfirmed,
    /// A rehearsal of a rehearsal.
    #[error("a rehearsal can’t be rehearsed")]
    NestedRehearsal,
    /// The session to be deleted as a rehearsal is a real one.
    #[error("the session is not a rehearsal")]
    NotARehearsal,
    /// The request is malformed, or broke a rule that this build doesn't know.
    #[error("the request is malformed")]
    Unspecified,
}

impl From<NotAClipUrl> for InvalidInput {
    fn from(NotAClipUrl: NotAClipUrl) -> Self {
        Self::ClipUrl
    }
}

impl From<HeldWordsError> for InvalidInput {
    fn from(error: HeldWordsError) -> Self {
        match error {
            HeldWordsError::Word(error) => Self::Text(error),
            HeldWordsError::NoWord(word) => Self::NoWord { word: word.into() },
            HeldWordsError::TooMany(count) => Self::TooManyWords { count },
        }
    }
}

/// The JSON representation.
#[derive(Default, Serialize, Deserialize)]
struct Cause {
    /// Which rule it is: `rule` has the names.
    rule: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    most: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    word: Option<String>,
}

/// The names of the rules in JSON.
mod rule {
    pub(super) const TOO_LONG: &str = "too_long";
    pub(super) const EMPTY: &str = "empty";
    pub(super) const NO_WORD: &str = "no_word";
    pub(super) const TOO_MANY_WORDS: &str = "too_many_words";
    pub(super) const SAME_LABELS: &str = "same_labels";
    pub(super) const TOO_MANY_LABELS: &str = "too_many_labels";
    pub(super) const EMPTY_FILTER: &str = "empty_filter";
    pub(super) const LONG_FILTER: &str = "long_filter";
    pub(super) const TOO_MANY_IDS: &str = "too_many_ids";
    pub(super) const LEAD: &str = "lead";
    pub(super) const CLIP_URL: &str = "clip_url";
    pub(super) const TIME: &str = "time";
    pub(super) const MOMENT_RANGE: &str = "moment_range";
    pub(super) const MOMENT_SPLIT: &str = "moment_split";
    pub(super) const MOMENT_MERGE: &str = "moment_merge";
    pub(super) const TOO_MANY_RANGES: &str = "too_many_ranges";
    pub(super) const TOO_MANY_JOINS: &str = "too_many_joins";
    pub(super) const MINUTES: &str = "minutes";
    pub(super) const UNCONFIRMED: &str = "unconfirmed";
    pub(super) const NESTED_REHEARSAL: &str = "nested_rehearsal";
    pub(super) const NOT_A_REHEARSAL: &str = "not_a_rehearsal";
    pub(super) const UNSPECIFIED: &str = "unspecified";
}

impl From<InvalidInput> for Cause {
    fn from(input: InvalidInput) -> Self {
        let of = |rule: &str| Self {
            rule: Some(rule.to_owned()),
            ..Self::default()
        };
        let field = |field: Field| Some(field.name().to_owned());
        match input {
            InvalidInput::Text(TextError::TooLong {
                field: typed,
                characters,
                most,
            }) => Self {
                field: field(typed),
                count: Some(characters),
                most: Some(most),
                ..of(rule::TOO_LONG)
            },
            InvalidInput::Text(TextError::Empty { field: typed }) => Self {
                field: field(typed),
                ..of(rule::EMPTY)
            },
            InvalidInput::NoWord { word } => Self {
                word: Some(word),
                ..of(rule::NO_WORD)
            },
            InvalidInput::TooManyWords { count } => Self {
                count: Some(count),
                ..of(rule::TOO_MANY_WORDS)
            },
            InvalidInput::SameLabels { word } => Self {
                word: Some(word),
                ..of(rule::SAME_LABELS)
            },
            InvalidInput::TooManyLabels { count, most } => Self {
                count: Some(count),
                most: Some(most),
                ..of(rule::TOO_MANY_LABELS)
            },
            InvalidInput::Filter(FilterError::PicksNothing) => of(rule::EMPTY_FILTER),
            InvalidInput::Filter(FilterError::TooLong) => of(rule::LONG_FILTER),
            InvalidInput::TooManyIds => of(rule::TOO_MANY_IDS),
            InvalidInput::Lead(LeadError) => of(rule::LEAD),
            InvalidInput::ClipUrl => of(rule::CLIP_URL),
            InvalidInput::Time => of(rule::TIME),
            InvalidInput::MomentRange(RangeRule::Bounds) => of(rule::MOMENT_RANGE),
            InvalidInput::MomentRange(RangeRule::Split) => of(rule::MOMENT_SPLIT),
            InvalidInput::MomentRange(RangeRule::Merge) => of(rule::MOMENT_MERGE),
            InvalidInput::TooManyRanges => of(rule::TOO_MANY_RANGES),
            InvalidInput::TooManyJoins => of(rule::TOO_MANY_JOINS),
            InvalidInput::Minutes => of(rule::MINUTES),
            InvalidInput::Unconfirmed => of(rule::UNCONFIRMED),
            InvalidInput::NestedRehearsal => of(rule::NESTED_REHEARSAL),
            InvalidInput::NotARehearsal => of(rule::NOT_A_REHEARSAL),
            InvalidInput::Unspecified => of(rule::UNSPECIFIED),
        }
    }
}

impl From<Cause> for InvalidInput {
    fn from(cause: Cause) -> Self {
        cause.read().unwrap_or(Self::Unspecified)
    }
}

impl Cause {
    fn read(self) -> Option<InvalidInput> {
        let field = |name: Option<String>| {
            let name = name?;
            Field::ALL.into_iter().find(|field| field.name() == name)
        };
        Some(match self.rule?.as_str() {
            rule::TOO_LONG => InvalidInput::Text(TextError::TooLong {
                field: field(self.field)?,
                characters: self.count?,
                most: self.most?,
            }),
            rule::EMPTY => InvalidInput::Text(TextError::Empty {
                field: field(self.field)?,
            }),
            rule::NO_WORD => InvalidInput::NoWord { word: self.word? },
            rule::TOO_MANY_WORDS => InvalidInput::TooManyWords { count: self.count? },
            rule::SAME_LABELS => InvalidInput::SameLabels { word: self.word? },
            rule::TOO_MANY_LABELS => InvalidInput::TooManyLabels {
                count: self.count?,
                most: self.most?,
            },
            rule::EMPTY_FILTER => InvalidInput::Filter(FilterError::PicksNothing),
            rule::LONG_FILTER => InvalidInput::Filter(FilterError::TooLong),
            rule::TOO_MANY_IDS => InvalidInput::TooManyIds,
            rule::LEAD => InvalidInput::Lead(LeadError),
            rule::CLIP_URL => InvalidInput::ClipUrl,
            rule::TIME => InvalidInput::Time,
            rule::MOMENT_RANGE => InvalidInput::MomentRange(RangeRule::Bounds),
            rule::MOMENT_SPLIT => InvalidInput::MomentRange(RangeRule::Split),
            rule::MOMENT_MERGE => InvalidInput::MomentRange(RangeRule::Merge),
            rule::TOO_MANY_RANGES => InvalidInput::TooManyRanges,
            rule::TOO_MANY_JOINS => InvalidInput::TooManyJoins,
            rule::MINUTES => InvalidInput::Minutes,
            rule::UNCONFIRMED => InvalidInput::Unconfirmed,
            rule::NESTED_REHEARSAL => InvalidInput::NestedRehearsal,
            rule::NOT_A_REHEARSAL => InvalidInput::NotARehearsal,
            _ => InvalidInput::Unspecified,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Each rule once. A new one fails to compile in the match below: add it there, and a line above.
    pub(crate) fn all() -> Vec<InvalidInput> {
        let all = vec![
            InvalidInput::Text(TextError::TooLong {
                field: Field::HeldWord,
                characters: 41,
                most: 40,
            }),
            InvalidInput::Text(TextError::Empty {
                field: Field::Title,
            }),
            InvalidInput::NoWord { word: "!!".into() },
            InvalidInput::TooManyWords { count: 201 },
            InvalidInput::SameLabels { word: "wow".into() },
            InvalidInput::TooManyLabels { count: 7, most: 6 },
            InvalidInput::Filter(FilterError::PicksNothing),
            InvalidInput::Filter(FilterError::TooLong),
            InvalidInput::TooManyIds,
            InvalidInput::Lead(LeadError),
            InvalidInput::ClipUrl,
            InvalidInput::Time,
            InvalidInput::MomentRange(RangeRule::Bounds),
            InvalidInput::MomentRange(RangeRule::Split),
            InvalidInput::MomentRange(RangeRule::Merge),
            InvalidInput::TooManyRanges,
            InvalidInput::TooManyJoins,
            InvalidInput::Minutes,
            InvalidInput::Unconfirmed,
            InvalidInput::NestedRehearsal,
            InvalidInput::NotARehearsal,
            InvalidInput::Unspecified,
        ];
        for input in &all {
            match input {
                InvalidInput::Text(_)
                | InvalidInput::NoWord { .. }
                | InvalidInput::TooManyWords { .. }
                | InvalidInput::SameLabels { .. }
                | InvalidInput::TooManyLabels { .. }
                | InvalidInput::Filter(_)
                | InvalidInput::TooManyIds
                | InvalidInput::Lead(_)
                | InvalidInput::ClipUrl
                | InvalidInput::Time
                | InvalidInput::MomentRange(_)
                | InvalidInput::TooManyRanges
                | InvalidInput::TooManyJoins
                | InvalidInput::Minutes
                | InvalidInput::Unconfirmed
                | InvalidInput::NestedRehearsal
                | InvalidInput::NotARehearsal
                | InvalidInput::Unspecified => {}
            }
        }
        all
    }

    #[test]
    fn every_rule_is_read_as_it_was_told() {
        for input in all() {
            let json = serde_json::to_string(&input).unwrap();
            assert_eq!(serde_json::from_str::<InvalidInput>(&json).unwrap(), input);
        }
    }

    #[test]
    fn a_rule_of_a_later_build_is_none_that_this_one_can_name() {
        for json in [
            r#"{"rule":"new_in_the_next_build","count":3}"#,
            r#"{"rule":"too_long","field":"new_in_the_next_build","count":3,"most":2}"#,
            r#"{"rule":"too_long","field":"note"}"#,
            "{}",
        ] {
            let read = serde_json::from_str::<InvalidInput>(json).unwrap();
            assert_eq!(read, InvalidInput::Unspecified, "{json}");
        }
    }
}
