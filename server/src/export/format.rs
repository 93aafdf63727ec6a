//! The kinds of file that there are, and how one is written page by page.

use app::domain::{code::Code, text::Title, timestamp::Timestamp};
use serde::Deserialize;

use super::{csv, text};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Lines to read, grouped by segment.
    Text,
    /// RFC 4180, UTF-8.
    Csv,
    /// The same, with the byte order mark by which Excel knows UTF-8.
    Excel,
}

/// The longest part of a file name that the title gives.
const LONGEST_SLUG: usize = 60;

impl Format {
    /// The media type, with its character set.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; charset=utf-8",
            Self::Csv | Self::Excel => "text/csv; charset=utf-8",
        }
    }

    /// The file's name: title and code, in characters that every file system takes.
    pub fn file_name(self, title: &Title, code: &Code) -> String {
        let ending = match self {
            Self::Text => "txt",
            Self::Csv => "csv",
            Self::Excel => "excel.csv",
        };
        let slug = slug(title.as_str());
        let dash = if slug.is_empty() { "" } else { "-" };
        format!("{slug}{dash}{code}.{ending}")
    }

    /// What stands before the first timestamp.
    pub fn head(self) -> String {
        match self {
            Self::Text => String::new(),
            Self::Csv => csv::HEADER.into(),
            Self::Excel => format!("{}{}", csv::BYTE_ORDER_MARK, csv::HEADER),
        }
    }

    /// One page of the list. `segment` is that of the last line so far, none before the first.
    ///
    /// # Errors
    /// None that writing to memory can meet; the type is the crate's.
    pub fn page(
        self,
        timestamps: &[Timestamp],
        segment: &mut Option<u32>,
    ) -> Result<Vec<u8>, ::csv::Error> {
        match self {
            Self::Text => {
                let mut lines = String::new();
                text::push(&mut lines, segment, timestamps);
                Ok(lines.into_bytes())
            }
            Self::Csv | Self::Excel => csv::lines(timestamps),
        }
    }
}

/// Lower-case ASCII letters and digits, with single hyphens between them.
fn slug(title: &str) -> String {
    let words = title
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut slug = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    slug.truncate(LONGEST_SLUG);
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_title_and_code() {
        let code = "7KQ2MX".parse().unwrap();
        let title = Title::parse("Witcher 3 – Act 1 \"Finale\"/\\").unwrap();
        let name = Format::Text.file_name(&title, &code);
        insta::assert_snapshot!(name, @"witcher-3-act-1-finale-7KQ2MX.txt");
        let title = Title::parse("魔女").unwrap();
        insta::assert_snapshot!(Format::Excel.file_name(&title, &code), @"7KQ2MX.excel.csv");
    }
}
