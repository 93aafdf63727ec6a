//! The filter of the moderators' list.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    labels::LabelId,
    time_range::{Position, TimeRange},
    timestamp::Timestamp,
};

/// Which rows a moderator wants to see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Text that the note or name must contain; case is ignored.
    pub text: String,
    /// The only segment to show; `None` shows all.
    pub segment: Option<u32>,
    /// The only label to show; `None` shows all rows, also those without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelId>,
    /// Whether hidden ones are shown too.
    pub with_hidden: bool,
    /// The only range of time to show; `None` shows all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<TimeRange>,
}

/// Why rows can't be hidden by a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FilterError {
    /// It selects no rows by their content.
    #[error("the filter has no text, no segment, no label and no range of time")]
    PicksNothing,
    /// Its text is longer than any note.
    #[error("the filter has more than {} characters", Filter::MOST_CHARACTERS)]
    TooLong,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            text: String::new(),
            segment: None,
            label: None,
            with_hidden: true,
            range: None,
        }
    }
}

impl Filter {
    /// The most characters (Unicode scalar values) of `text`: as many as a note may have.
    pub const MOST_CHARACTERS: usize = 100;

    /// Whether rows are selected by their content. A filter that only excludes hidden rows selects nothing to hide.
    pub fn picks(&self) -> bool {
        !self.text.trim().is_empty()
            || self.segment.is_some()
            || self.label.is_some()
            || self.range.is_some()
    }

    /// The same, if rows may be hidden by it.
    ///
    /// # Errors
    /// `FilterError`.
    pub fn to_hide_by(self) -> Result<Self, FilterError> {
        if !self.picks() {
            return Err(FilterError::PicksNothing);
        }
        if self.text.chars().count() > Self::MOST_CHARACTERS {
            return Err(FilterError::TooLong);
        }
        Ok(self)
    }

    /// Whether anything is filtered out.
    pub fn is_active(&self) -> bool {
        self.picks() || !self.with_hidden
    }

    /// Whether this row is shown.
    pub fn shows(&self, row: &Timestamp) -> bool {
        let wanted = without_case(self.text.trim());
        let has =
            |text: Option<&str>| text.is_some_and(|text| without_case(text).contains(&wanted));
        (self.with_hidden || !row.hidden)
            && self
                .segment
                .is_none_or(|segment| segment == row.segment_index)
            && (self.label.is_none() || self.label == row.label)
            && self.range.is_none_or(|range| range.contains(position(row)))
            && (wanted.is_empty()
                || has(row.note.as_ref().map(|note| note.as_str()))
                || has(row.submitted_by.as_ref().map(|name| name.as_str())))
    }
}

/// A text in lower case, letter by letter: the same ones are found wherever they stand in a word. A small sigma has another
/// form at the end of one, and the İ of Turkish becomes an i with a dot above.
pub(crate) fn without_case(text: &str) -> String {
    let mut lower = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ς' => lower.push('σ'),
            '\u{307}' if lower.ends_with('i') => {}
            c => lower.push(c),
        }
    }
    lower
}

fn position(row: &Timestamp) -> Position {
    Position {
        segment_index: row.segment_index,
        offset_seconds: row.offset_seconds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{offset::Offset, text::Text, timestamp::tests::blank};

    fn row(segment_index: u32, note: &str, name: &str) -> Timestamp {
        Timestamp {
            segment_index,
            offset_seconds: Offset(5),
            note: Text::parse_optional(note).unwrap(),
            submitted_by: Text::parse_optional(name).unwrap(),
            ..blank()
        }
    }

    fn with_text(text: &str) -> Filter {
        Filter {
            text: text.into(),
            ..Filter::default()
        }
    }

    #[test]
    fn rows_are_hidden_only_by_a_filter_that_picks_them() {
        let whole = Filter {
            with_hidden: false,
            ..Filter::default()
        };
        assert_eq!(whole.to_hide_by(), Err(FilterError::PicksNothing));
        let longest = "ż".repeat(Filter::MOST_CHARACTERS);
        assert!(with_text(&longest).to_hide_by().is_ok());
        let longer = with_text(&format!("{longest}x"));
        assert_eq!(longer.to_hide_by(), Err(FilterError::TooLong));
    }

    #[test]
    fn without_a_filter_everything_is_shown() {
        let hidden = Timestamp {
            hidden: true,
            ..row(1, "", "")
        };
        assert!(Filter::default().shows(&hidden));
        assert!(!Filter::default().is_active());
        assert!(!with_text("  ").is_active());
    }

    #[test]
    fn note_and_name_are_searched_whatever_their_case() {
        let moment = row(1, "Żubr insulted the Baron", "Ciri");
        for text in ["żubr", " BARON ", "ciri"] {
            assert!(with_text(text).shows(&moment), "{text}");
        }
        assert!(!with_text("Roach").shows(&moment));
        assert!(!with_text("Roach").shows(&row(1, "", "")));
    }

    #[test]
    fn a_letter_is_found_wherever_it_stands_in_a_word_and_in_either_case() {
        for (note, text) in [
            ("οδοσήμανση", "ΟΔΟΣ"),
            ("Η ΟΔΟΣ", "οδος"),
            ("οδος", "ΟΔΟΣ"),
            ("ΟΔΟΣΉΜΑΝΣΗ", "οδος"),
            ("İstanbul", "istanbul"),
            ("istanbul", "İSTANBUL"),
        ] {
            assert!(with_text(text).shows(&row(1, note, "")), "{text} in {note}");
        }
    }

    #[test]
    fn rows_are_picked_by_their_label() {
        let funny = Filter {
            label: Some(LabelId(2)),
            ..Filter::default()
        };
        let labelled = |label: Option<u32>| Timestamp {
            label: label.map(LabelId),
            ..row(1, "", "")
        };
        assert!(funny.shows(&labelled(Some(2))) && funny.picks());
        assert!(!funny.shows(&labelled(Some(1))) && !funny.shows(&labelled(None)));
        assert!(Filter::default().shows(&labelled(Some(2))));
        let of_before = r#"{"text":"","segment":null,"with_hidden":true}"#;
        let read: Filter = serde_json::from_str(of_before).unwrap();
        assert_eq!(read, Filter::default());
    }

    #[test]
    fn a_segment_and_hidden_ones_can_be_left_out() {
        let second = Filter {
            segment: Some(2),
            ..Filter::default()
        };
        assert!(second.shows(&row(2, "", "")) && !second.shows(&row(1, "", "")));
        let tidy = Filter {
            with_hidden: false,
            ..Filter::default()
        };
        let hidden = Timestamp {
            hidden: true,
            ..row(1, "", "")
        };
        assert!(!tidy.shows(&hidden) && tidy.is_active());
        // Nothing to hide by.
        assert!(!tidy.picks() && second.picks());
    }

    #[test]
    fn a_range_of_time_picks_the_rows_within_it() {
        let at = |segment_index, seconds| Position {
            segment_index,
            offset_seconds: Offset(seconds),
        };
        let filter = Filter {
            range: Some(TimeRange::between(at(1, 5), at(1, 9))),
            ..Filter::default()
        };
        assert!(filter.picks() && filter.shows(&row(1, "", "")));
        assert!(!filter.shows(&row(2, "", "")));
    }
}
