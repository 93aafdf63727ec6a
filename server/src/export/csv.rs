//! The list as CSV: RFC 4180, UTF-8, safe against spreadsheet formulas; and how other files are written in the same way.

use chrono::SecondsFormat;
use csv::{Terminator, WriterBuilder};

use super::guard::Guard;
use crate::store::ExportRow;

/// The field names of the data model.
const FIELDS: [&str; 5] = [
    "segment_index",
    "offset_hms",
    "note",
    "submitted_by",
    "created_at",
];

/// The column separator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// As in RFC 4180.
    Comma,
    /// As spreadsheets expect it in countries with a decimal comma.
    Semicolon,
}

impl Separator {
    pub(super) fn character(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
        }
    }

    /// What separates columns in other countries.
    pub(super) fn other(self) -> Self {
        match self {
            Self::Comma => Self::Semicolon,
            Self::Semicolon => Self::Comma,
        }
    }

    fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
        }
    }
}

/// The header line.
pub fn header(separator: Separator) -> String {
    let names = FIELDS.join(&separator.character().to_string());
    format!("{names}\r\n")
}

/// Excel needs this at the very start; otherwise it misreads all non-ASCII characters.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The size of a line with a short note.
const USUAL_LINE_BYTES: usize = 96;

/// The lines of one page of the list, in list order. `guard` makes each note and name safe.
///
/// # Errors
/// None in practice, because this writes to memory; the type is the crate's.
pub fn lines(
    lines: &[ExportRow],
    separator: Separator,
    guard: Guard,
) -> Result<Vec<u8>, csv::Error> {
    let mut writer = writer(separator, lines.len() * USUAL_LINE_BYTES);
    let other = separator.other().character();
    for line in lines {
        writer.write_field(line.segment_index.to_string())?;
        writer.write_field(line.offset_seconds.to_string())?;
        writer.write_field(&*guard(line.note.as_deref().unwrap_or_default(), other))?;
        let submitted_by = line.submitted_by.as_deref().unwrap_or_default();
        writer.write_field(&*guard(submitted_by, other))?;
        let created_at = line.created_at;
        writer.write_field(created_at.to_rfc3339_opts(SecondsFormat::Millis, true))?;
        writer.write_record(None::<&[u8]>)?;
    }
    written(writer)
}

/// Writes RFC 4180 to memory.
pub(super) fn writer(separator: Separator, usual_bytes: usize) -> csv::Writer<Vec<u8>> {
    WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .delimiter(separator.byte())
        .from_writer(Vec::with_capacity(usual_bytes))
}

/// What it has written.
///
/// # Errors
/// As `lines`.
pub(super) fn written(writer: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, csv::Error> {
    writer
        .into_inner()
        .map_err(|error| error.into_error().into())
}

#[cfg(test)]
mod tests {
    use app::domain::{offset::Offset, revision::Revision, text::LabelWord};

    use super::*;
    use crate::export::guard::{guard, guard_in_excel};

    fn line(note: &str, separator: Separator) -> String {
        guarded(note, separator, guard)
    }

    fn guarded(note: &str, separator: Separator, guard: Guard) -> String {
        let line = ExportRow {
            segment_index: 1,
            offset_seconds: Offset(2535),
            note: Some(note.into()),
            submitted_by: Some("Ciri".into()),
            // The columns are those of the data model: labels are in the text alone.
            label: LabelWord::parse_optional("funny").unwrap(),
            created_at: "2026-11-24T20:20:14.123Z".parse().unwrap(),
            arrival: Revision(1),
        };
        String::from_utf8(lines(&[line], separator, guard).unwrap()).unwrap()
    }

    #[test]
    fn a_line_with_semicolons_quotes_those_of_a_note_and_no_comma() {
        let lines = line("a;b, c", Separator::Semicolon);
        assert_eq!(
            lines,
            "1;00:42:15;\"a;b, c\";Ciri;2026-11-24T20:20:14.123Z\r\n"
        );
    }

    #[test]
    fn a_formula_is_guarded_where_the_separator_of_another_country_would_begin_a_cell() {
        for (note, separator, cell) in [
            ("a;=1+1;b", Separator::Comma, ",a; =1+1;b,"),
            ("a,=1+1,b", Separator::Semicolon, ";a, =1+1,b;"),
        ] {
            let lines = line(note, separator);
            assert!(lines.contains(cell), "{lines}");
        }
    }

    #[test]
    fn only_for_excel_a_score_is_kept_from_becoming_a_date() {
        for separator in [Separator::Comma, Separator::Semicolon] {
            let between = separator.character();
            let cell = |guard| {
                let line = guarded("3-1", separator, guard);
                line.split(between).nth(2).unwrap().to_owned()
            };
            assert_eq!(cell(guard), "3-1");
            assert_eq!(cell(guard_in_excel), "'3-1");
        }
    }

    #[test]
    fn a_line_is_quoted_guarded_and_ends_with_crlf() {
        let lines = line("=He said \"no\", twice", Separator::Comma);
        assert_eq!(
            lines,
            "1,00:42:15,\"'=He said \"\"no\"\", twice\",Ciri,2026-11-24T20:20:14.123Z\r\n"
        );
    }
}
