//! The list as a file, written page by page.

use super::{
    csv::{self, Separator},
    guard::{guard, guard_in_excel},
    text,
};
use crate::store::ExportRow;

/// A format of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampFormat {
    /// Plain text, grouped by segment.
    Text,
    /// RFC 4180, UTF-8.
    Csv,
    /// The same, with the byte order mark by which Excel recognises UTF-8, and with notes and names that stay text.
    Excel,
    /// The same with semicolons between columns, which Excel expects in countries with a decimal comma. A line `sep=;`
    /// would work in every country, but makes Excel ignore the byte order mark.
    ExcelSemicolon,
}

impl TimestampFormat {
    /// What precedes the first timestamp.
    pub fn head(self) -> String {
        match self {
            Self::Text => String::new(),
            Self::Csv => csv::header(Separator::Comma),
            Self::Excel => format!("{}{}", csv::BYTE_ORDER_MARK, csv::header(Separator::Comma)),
            Self::ExcelSemicolon => format!(
                "{}{}",
                csv::BYTE_ORDER_MARK,
                csv::header(Separator::Semicolon)
            ),
        }
    }

    /// One page of the list. `segment` is the segment of the last line so far, `None` before the first.
    ///
    /// # Errors
    /// None in practice, because this writes to memory; the type is the crate's.
    pub fn page(
        self,
        lines: &[ExportRow],
        segment: &mut Option<u32>,
    ) -> Result<Vec<u8>, ::csv::Error> {
        match self {
            Self::Text => {
                let mut text = String::new();
                text::push(&mut text, segment, lines);
                Ok(text.into_bytes())
            }
            Self::Csv => csv::lines(lines, Separator::Comma, guard),
            Self::Excel => csv::lines(lines, Separator::Comma, guard_in_excel),
            Self::ExcelSemicolon => csv::lines(lines, Separator::Semicolon, guard_in_excel),
        }
    }
}
