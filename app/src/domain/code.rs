//! The short code that viewers type: six characters without look-alikes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::half_width::half_width;

/// Crockford's base 32: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A session's public code, always in its canonical spelling.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(String);

/// The input is not a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a session code")]
pub struct NotACode;

impl Code {
    /// How many characters a code has.
    pub const LENGTH: usize = 6;

    /// The letters and digits that it consists of.
    pub(crate) fn letters() -> String {
        ALPHABET.iter().copied().map(char::from).collect()
    }

    /// Creates a code from random bytes; every code is equally likely.
    pub fn from_random(bytes: [u8; Self::LENGTH]) -> Self {
        Self(
            bytes
                .iter()
                .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
                .collect(),
        )
    }

    /// Parses what people enter as a code: the code itself, or a text with a link to one of its pages. Of several links, the
    /// first that has a code counts.
    ///
    /// # Errors
    /// `NotACode`.
    pub fn find(given: &str) -> Result<Self, NotACode> {
        given.parse().or_else(|error| {
            // The keyboards of phones write a whole link in capitals.
            let lower = given.to_ascii_lowercase();
            let ends = |c: char| c.is_whitespace() || (c.is_ascii_punctuation() && c != '-');
            let code = lower.match_indices("/s/").find_map(|(at, marker)| {
                let behind = &given[at + marker.len()..];
                let end = behind.find(ends).unwrap_or(behind.len());
                Self::leading(&behind[..end]).ok()
            });
            code.ok_or(error)
        })
    }

    /// Parses what stands in an address in the place of a code. Programs take more into a link where no space parts the words
    /// behind it: a code that is complete ends at anything but another ASCII letter or digit.
    ///
    /// # Errors
    /// `NotACode`.
    pub fn leading(text: &str) -> Result<Self, NotACode> {
        text.parse().or_else(|error| {
            let mut letters = text.char_indices().filter(|(_, c)| !may_stand_within(*c));
            let (at, last) = letters.nth(Self::LENGTH - 1).ok_or(error)?;
            let (code, behind) = text.split_at(at + last.len_utf8());
            match behind.starts_with(|c: char| c.is_ascii_alphanumeric()) {
                true => Err(error),
                false => code.parse(),
            }
        })
    }

    /// The code as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Code {
    type Err = NotACode;

    /// Ignores case, maps full-width letters and the look-alikes O, I and L, and skips what may surround a code (quotation
    /// marks, brackets, the end of a sentence) or separate its characters.
    fn from_str(raw: &str) -> Result<Self, NotACode> {
        let mut code = String::with_capacity(Self::LENGTH);
        let bare = raw.trim_matches(|c: char| !c.is_alphanumeric());
        for c in bare.chars().filter(|c| !may_stand_within(*c)) {
            let c = match half_width(c).to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let known = u8::try_from(c).is_ok_and(|byte| ALPHABET.contains(&byte));
            if !known || code.len() == Self::LENGTH {
                return Err(NotACode);
            }
            code.push(c);
        }
        if code.len() == Self::LENGTH {
            Ok(Self(code))
        } else {
            Err(NotACode)
        }
    }
}

/// White space, dashes and dots, and beyond ASCII everything except letters and digits: marks, and invisible characters.
/// The colons and slashes of an address are not included.
fn may_stand_within(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '_' | '.') || !(c.is_ascii() || c.is_alphanumeric())
}

impl TryFrom<String> for Code {
    type Error = NotACode;

    fn try_from(raw: String) -> Result<Self, NotACode> {
        raw.parse()
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_spaces_and_look_alikes_are_forgiven() {
        for raw in ["7kq0m1", " 7KQ-OMI ", "7kqoml", "7 k q 0 m 1"] {
            assert_eq!(raw.parse::<Code>().unwrap().as_str(), "7KQ0M1", "{raw:?}");
        }
    }

    #[test]
    fn what_has_another_length_or_alphabet_is_no_code() {
        for raw in [
            "",
            "7KQ0M",
            "7KQ0M12",
            "7KQ0MU",
            "7KQ0M!",
            "7KQ/0M1",
            "https://a",
            "７KQ0MÜ",
        ] {
            assert_eq!(raw.parse::<Code>(), Err(NotACode), "{raw:?}");
        }
    }

    #[test]
    fn a_pasted_link_leads_where_its_code_does() {
        for given in [
            "https://clips.example/s/7KQ0M1",
            " clips.example/s/7kq-om1/ ",
            "http://192.168.1.20:3000/s/7KQ0M1?pressed=1",
            "https://clips.example/s/7KQ0M1/control#ctl_00",
            "Mark a moment: https://clips.example/s/7KQ0M1, now",
            "https://clips.example/s/7KQ0M1.",
            "(see https://clips.example/s/7KQ0M1)",
            "https://clips.example/s/7KQ0M1\u{200b}",
            "CLIPS.EXAMPLE/S/7KQ0M1",
            "https://clips.example/s/7KQ0M1でマーク",
            "https://clips.example/s/7KQ0M1」です",
            "https://clips.example/s/7KQ0M1…now",
            "https://clips.example/s/7KQ0M1–now",
            "https://clips.example/s/7KQ0M1ｗｗｗ",
            "https://clips.example/s/7KQ0M1 via https://t.me/s/channel",
            "https://t.me/s/channel: https://clips.example/s/7KQ0M1",
            "7kq 0m1",
            "#7KQ0M1",
        ] {
            assert_eq!(Code::find(given).unwrap().as_str(), "7KQ0M1", "{given:?}");
        }
    }

    #[test]
    fn what_holds_no_code_stays_none() {
        for given in [
            "",
            "7",
            "ÄÖ",
            "https://clips.example/",
            "https://clips.example/s/7KQ",
            "https://clips.example/s/7KQ0M12",
            "https://clips.example/s/7KQ0M12でマーク",
            "7KQ0M1 でマーク",
            "/s/ż",
        ] {
            assert_eq!(Code::find(given), Err(NotACode), "{given:?}");
        }
    }

    #[test]
    fn what_follows_a_code_in_an_address_is_no_part_of_it() {
        for given in [
            "7kq0m1,now",
            "7KQ0M1),(see",
            "7KQ0M1&a=b",
            "7KQ0M1。見てね",
            "７ＫＱ０Ｍ１です",
        ] {
            let code = Code::leading(given).unwrap();
            assert_eq!(code.as_str(), "7KQ0M1", "{given:?}");
        }
        for given in [
            "7KQ0M12,now",
            "7KQ0M",
            "7KQ0M,1",
            "7KQ0MÜ",
            "7KQ/0M1",
            "見てね",
        ] {
            assert_eq!(Code::leading(given), Err(NotACode), "{given:?}");
        }
    }

    proptest! {
        #[test]
        fn every_random_code_reads_back_as_itself(bytes: [u8; 6]) {
            let code = Code::from_random(bytes);
            prop_assert_eq!(code.as_str().to_lowercase().parse::<Code>(), Ok(code));
        }

        #[test]
        fn what_stands_around_and_within_a_code_is_forgiven(
            bytes: [u8; 6],
            full_width: bool,
            before in "[\\s#(\\[\"'“«\u{200b}\u{feff}]{0,3}",
            within in "[ \u{a0}\u{200b}\u{ad}\u{2060}\u{2013}._-]{0,3}",
            behind in "[\\s.,;:!?)\\]\"'”»。、\u{200b}]{0,3}",
        ) {
            let code = Code::from_random(bytes);
            let letter = |c: char| match full_width {
                true => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
                false => c,
            };
            let letters: Vec<_> = code.as_str().chars().map(|c| letter(c).to_string()).collect();
            let typed = format!("{before}{}{behind}", letters.join(&within));
            prop_assert_eq!(typed.parse::<Code>(), Ok(code.clone()), "{}", typed);
            prop_assert_eq!(Code::find(&typed), Ok(code.clone()));
            let pasted = format!("{before}https://clips.example/s/{code}{behind}");
            prop_assert_eq!(Code::find(&pasted), Ok(code));
        }

        #[test]
        fn a_link_is_read_whatever_stands_around_it(
            bytes: [u8; 6],
            // With a slash, it might hold a link itself.
            before in "[^/]{0,8}",
            marker in "/[sS]/",
            behind in "([^0-9A-Za-z][\\s\\S]{0,8})?",
        ) {
            let code = Code::from_random(bytes);
            let pasted = format!("{before}https://clips.example{marker}{code}{behind}");
            prop_assert_eq!(Code::find(&pasted), Ok(code.clone()), "{}", pasted);
            prop_assert_eq!(Code::leading(&format!("{code}{behind}")), Ok(code));
        }

        #[test]
        fn no_input_makes_the_parser_panic(raw in "[\\s\\S]{0,40}") {
            let _ = Code::find(&raw);
            let _ = Code::find(&format!("/s/{raw}"));
            let _ = Code::leading(&raw);
        }
    }
}
