//! The export formats: how addresses name them, and how the files are called.

use std::str::FromStr;

use app::domain::{code::Code, text::Title, word_search::is_of_word};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use thiserror::Error;

use super::{moments::MomentFormat, timestamps::TimestampFormat};

/// An export format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The list.
    Timestamps(TimestampFormat),
    /// The moments.
    Moments(MomentFormat),
}

/// No export format has this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no export format has this name")]
pub struct UnknownFormat;

impl FromStr for Format {
    type Err = UnknownFormat;

    /// The format that an address names.
    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Ok(match name {
            "text" => Self::Timestamps(TimestampFormat::Text),
            "csv" => Self::Timestamps(TimestampFormat::Csv),
            "excel" => Self::Timestamps(TimestampFormat::Excel),
            "excel_semicolon" => Self::Timestamps(TimestampFormat::ExcelSemicolon),
            "moments_text" => Self::Moments(MomentFormat::Text),
            "moments_excel" => Self::Moments(MomentFormat::Excel),
            "moments_excel_semicolon" => Self::Moments(MomentFormat::ExcelSemicolon),
            _ => return Err(UnknownFormat),
        })
    }
}

/// The characters escaped in the value of an extended parameter (RFC 8187): all except letters, digits, hyphens and dots.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.');

/// The most characters of the title in a file name: at four bytes each, the name fits into the 255 bytes that file systems
/// allow.
const LONGEST_SLUG: usize = 54;

impl Format {
    /// The media type, with its character set.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Timestamps(TimestampFormat::Text) | Self::Moments(MomentFormat::Text) => {
                "text/plain; charset=utf-8"
            }
            Self::Timestamps(_) | Self::Moments(_) => "text/csv; charset=utf-8",
        }
    }

    /// The header that makes the browser save a file: title and code, in the title's own script, and in ASCII for clients
    /// that support only that (RFC 6266).
    pub fn disposition(self, title: &Title, code: &Code) -> String {
        let plain = self.file_name(&slug(title, |c| c.is_ascii_alphanumeric()), code);
        let full = self.file_name(&slug(title, is_of_word), code);
        let full = utf8_percent_encode(&full, ESCAPED);
        format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{full}")
    }

    fn file_name(self, slug: &str, code: &Code) -> String {
        let ending = match self {
            Self::Timestamps(TimestampFormat::Text) => "txt",
            Self::Timestamps(TimestampFormat::Csv) => "csv",
            Self::Timestamps(TimestampFormat::Excel) => "excel.csv",
            Self::Timestamps(TimestampFormat::ExcelSemicolon) => "excel-semicolon.csv",
            Self::Moments(MomentFormat::Text) => "moments.txt",
            Self::Moments(MomentFormat::Excel) => "moments.excel.csv",
            Self::Moments(MomentFormat::ExcelSemicolon) => "moments.excel-semicolon.csv",
        };
        let dash = if slug.is_empty() { "" } else { "-" };
        format!("{slug}{dash}{code}.{ending}")
    }
}

/// The title's letters and digits (and their marks) in lower case, with single hyphens between words.
fn slug(title: &Title, is_kept: impl Fn(char) -> bool) -> String {
    let words = title.as_str().split(|c| !is_kept(c));
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    // Lower case can be longer, so truncate afterwards.
    let lower = words.join("-").to_lowercase();
    let slug: String = lower.chars().take(LONGEST_SLUG).collect();
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(format: Format, title: &str) -> String {
        let code = "7KQ2MX".parse().unwrap();
        format.disposition(&Title::parse(title).unwrap(), &code)
    }

    #[test]
    fn a_file_is_named_by_title_and_code() {
        let name = named(
            Format::Timestamps(TimestampFormat::Text),
            "Witcher 3 – Act 1 \"Finale\"/\\",
        );
        insta::assert_snapshot!(name, @r#"attachment; filename="witcher-3-act-1-finale-7KQ2MX.txt"; filename*=UTF-8''witcher-3-act-1-finale-7KQ2MX.txt"#);
    }

    #[test]
    fn a_file_keeps_the_letters_of_every_script() {
        let name = named(Format::Timestamps(TimestampFormat::Csv), "Wiedźmin 3");
        insta::assert_snapshot!(name, @r#"attachment; filename="wied-min-3-7KQ2MX.csv"; filename*=UTF-8''wied%C5%BAmin-3-7KQ2MX.csv"#);
        let name = named(Format::Timestamps(TimestampFormat::Excel), "魔女");
        insta::assert_snapshot!(name, @r#"attachment; filename="7KQ2MX.excel.csv"; filename*=UTF-8''%E9%AD%94%E5%A5%B3-7KQ2MX.excel.csv"#);
        for (title, slug_of_it) in [
            ("हिन्दी में", "हिन्दी-में"),
            ("น้ำท่วม!", "น้ำท่วม"),
            ("Poke\u{301}mon", "poke\u{301}mon"),
        ] {
            let title = Title::parse(title).unwrap();
            assert_eq!(slug(&title, is_of_word), slug_of_it);
        }
    }

    #[test]
    fn the_longest_name_fits_into_a_file_system() {
        let title = Title::parse(&"𠀀".repeat(120)).unwrap();
        let code = "7KQ2MX".parse().unwrap();
        let format = Format::Moments(MomentFormat::ExcelSemicolon);
        let name = format.file_name(&slug(&title, is_of_word), &code);
        assert!(name.len() <= 255, "{}", name.len());
    }
}
