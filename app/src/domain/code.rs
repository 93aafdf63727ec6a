//! The short code that viewers type: six characters without look-alikes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Crockford's base 32: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A session's public code, always in its canonical spelling.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(String);

/// What was typed is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("A session code has six letters or digits, like 7KQ2MX. Please check it.")]
pub struct NotACode;

impl Code {
    /// How many characters a code has.
    pub const LENGTH: usize = 6;

    /// Makes a code of random bytes; every code is equally likely.
    pub fn from_random(bytes: [u8; Self::LENGTH]) -> Self {
        Self(
            bytes
                .iter()
                .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
                .collect(),
        )
    }

    /// Reads what people give for a code: the code as they type it, or a link to one of its pages.
    ///
    /// # Errors
    /// `NotACode`, in words for the one who typed.
    pub fn find(given: &str) -> Result<Self, NotACode> {
        given.parse().or_else(|error| {
            let (_, behind) = given.rsplit_once("/s/").ok_or(error)?;
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
            let end = behind.find(|c| !is_part(c)).unwrap_or(behind.len());
            behind[..end].parse()
        })
    }

    /// The code as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Code {
    type Err = NotACode;

    /// Forgives case, spaces, hyphens, and the look-alikes O, I and L.
    fn from_str(raw: &str) -> Result<Self, NotACode> {
        let mut code = String::with_capacity(Self::LENGTH);
        for c in raw.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let c = match c.to_ascii_uppercase() {
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
        for raw in ["", "7KQ0M", "7KQ0M12", "7KQ0MU", "7KQ0M!", "７KQ0M1"] {
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
            "7kq 0m1",
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
            "/s/ż",
        ] {
            assert_eq!(Code::find(given), Err(NotACode), "{given:?}");
        }
    }

    proptest! {
        #[test]
        fn every_random_code_reads_back_as_itself(bytes: [u8; 6]) {
            let code = Code::from_random(bytes);
            prop_assert_eq!(code.as_str().to_lowercase().parse::<Code>(), Ok(code));
        }

        #[test]
        fn no_input_makes_the_parser_panic(raw in "[\\s\\S]{0,40}") {
            let _ = Code::find(&raw);
            let _ = Code::find(&format!("/s/{raw}"));
        }
    }
}
