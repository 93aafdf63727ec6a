//! The link to a finished clip.

use std::fmt;

use percent_encoding::{AsciiSet, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::unseen::is_ignorable;

/// The address of a finished clip: `http` or `https`, with a host and without a password, at most [`ClipUrl::MAX`] characters,
/// all of them printable ASCII. Safe as the target of a link: it can run no script.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClipUrl(String);

/// What browsers leave in paths and queries as it is, and an address here has only encoded: it leads to the same place.
const UNENCODED: &AsciiSet = &AsciiSet::EMPTY.add(b'\'').add(b'|');

/// The text is no address of a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not an http or https address of at most {} characters", ClipUrl::MAX)]
pub struct NotAClipUrl;

impl ClipUrl {
    /// The most characters that it may have.
    pub const MAX: usize = 500;

    /// Parses an optional address: `None` if nothing was typed. What isn't ASCII is encoded after the host, as browsers do: some
    /// show and copy addresses decoded. So is [`UNENCODED`].
    ///
    /// # Errors
    /// `NotAClipUrl` if it is anything else than such an address.
    pub fn parse_optional(raw: &str) -> Result<Option<Self>, NotAClipUrl> {
        let raw = raw.trim_matches(|c: char| c.is_whitespace() || is_ignorable(c));
        if raw.is_empty() {
            return Ok(None);
        }
        // Hosts are encoded in another way, which takes large tables.
        let is_host = |authority: &str| authority.is_ascii() && !authority.contains(['\'', '|']);
        if !authority(raw).is_some_and(is_host) {
            return Err(NotAClipUrl);
        }
        let encoded = utf8_percent_encode(raw, UNENCODED).to_string();
        Self::try_from(encoded).map(Some)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ClipUrl {
    type Error = NotAClipUrl;

    fn try_from(raw: String) -> Result<Self, NotAClipUrl> {
        match raw.len() <= Self::MAX && is_address(&raw) {
            true => Ok(Self(raw)),
            false => Err(NotAClipUrl),
        }
    }
}

impl From<ClipUrl> for String {
    fn from(url: ClipUrl) -> Self {
        url.0
    }
}

impl fmt::Display for ClipUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Stricter than the URL standard, and without its parser, which would weigh as much as the rest of the viewers' page.
fn is_address(raw: &str) -> bool {
    // In the text of an attribute or a table these have a meaning of their own. Most have no place in an address either:
    // browsers drop or encode them.
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&byte);
    let (Some((scheme, _)), Some(authority)) = (raw.split_once("://"), authority(raw)) else {
        return false;
    };
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    // A user name before the host makes an address read like another one's.
    let has_host = !authority.contains('@')
        && authority.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[');
    is_web && has_host && raw.bytes().all(is_plain)
}

/// What stands between the scheme and the path.
fn authority(raw: &str) -> Option<&str> {
    raw.split_once("://")?.1.split(['/', '?', '#']).next()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_of_the_web_are_links_to_clips_and_nothing_else_is() {
        for good in [
            "https://clips.example/abc",
            " HTTPS://clips.example ",
            "http://127.0.0.1:8080/a?b=c#d",
            "https://[::1]/x",
            "https://xn--bcher-kva.example/%C3%BC",
        ] {
            let parsed = ClipUrl::parse_optional(good).unwrap().unwrap();
            assert_eq!(parsed.as_str(), good.trim());
        }
        for bad in [
            "clips.example/abc",
            "javascript:alert(1)",
            "javascript://clips.example/%0aalert(1)",
            "data:text/html,x",
            "ftp://clips.example",
            "https://",
            "https:///abc",
            "https://user:word@clips.example",
            "https://clips.example/a b",
            "https://clips.example/\"onclick=",
            "https://bücher.example",
            "https://clips.example\u{200b}/a",
            "https://clips\u{2044}x.example/a",
            "https://o'clips.example/a",
            "https://clips|x.example/a",
            "https://clips.example/{a}",
        ] {
            assert_eq!(ClipUrl::parse_optional(bad), Err(NotAClipUrl), "{bad}");
        }
        assert_eq!(ClipUrl::parse_optional(" \u{200b} "), Ok(None));
    }

    #[test]
    fn an_address_that_was_copied_decoded_leads_where_it_did() {
        let parsed = ClipUrl::parse_optional("\u{feff}https://clips.example/клип?t=ß%20#é");
        let parsed = parsed.unwrap().unwrap();
        insta::assert_snapshot!(parsed, @"https://clips.example/%D0%BA%D0%BB%D0%B8%D0%BF?t=%C3%9F%20#%C3%A9");
    }

    #[test]
    fn an_address_may_have_what_browsers_leave_in_it_as_it_is() {
        let parsed = ClipUrl::parse_optional("https://clips.example/Geralt's-bath?ids=1|2#it's");
        let parsed = parsed.unwrap().unwrap();
        insta::assert_snapshot!(parsed, @"https://clips.example/Geralt%27s-bath?ids=1%7C2#it%27s");
        assert_eq!(
            ClipUrl::parse_optional(parsed.as_str()),
            Ok(Some(parsed.clone()))
        );
        assert!(ClipUrl::try_from("https://clips.example/Geralt's-bath".to_owned()).is_err());
    }

    #[test]
    fn an_address_has_a_greatest_length_also_where_it_is_read_from_json() {
        let long = |length: usize| format!("https://a.example/{}", "x".repeat(length - 18));
        assert!(ClipUrl::parse_optional(&long(ClipUrl::MAX)).is_ok());
        assert!(ClipUrl::parse_optional(&long(ClipUrl::MAX + 1)).is_err());
        assert!(serde_json::from_str::<ClipUrl>("\"javascript:x\"").is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_stays_inside_its_attribute(raw in "(https?://)?([a-z]{1,3}/)?([ -~]|\\PC){0,40}") {
            if let Ok(Some(url)) = ClipUrl::parse_optional(&raw) {
                prop_assert!(!url.as_str().contains(['"', '\'', '<', '>', ' ']));
                prop_assert!(url.as_str().is_ascii());
                prop_assert!(url.as_str().to_lowercase().starts_with("http"));
            }
        }
    }
}
