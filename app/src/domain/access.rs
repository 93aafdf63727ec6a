//! Control and moderator links: capability keys, and what the streamer sees of them.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use super::{
    code::{Code, NotACode},
    role::Role,
    text::Label,
    utc,
};

/// The kind of a link, which determines the role it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// The streamer.
    Control,
    /// A moderator.
    Moderator,
}

impl LinkKind {
    /// The role that such a link gives.
    pub fn role(self) -> Role {
        match self {
            Self::Control => Role::Streamer,
            Self::Moderator => Role::Moderator,
        }
    }

    /// The prefix of its keys, by which a leaked one can be recognised.
    fn prefix(self) -> &'static str {
        match self {
            Self::Control => "ctl_",
            Self::Moderator => "mod_",
        }
    }

    /// The page that such a link opens.
    pub fn page(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Moderator => "mod",
        }
    }
}

/// The secret in a control or moderator link: 256 random bits. Half of them find its row; of the other half, only the hash
/// is stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccessKey {
    /// The kind of link.
    pub kind: LinkKind,
    /// Finds the row; stored as it is.
    pub selector: [u8; 16],
    /// Proves possession; only its SHA-256 is stored.
    pub verifier: [u8; 16],
}

/// The input is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a key of a control or moderator link")]
pub struct NotAKey;

/// A key never appears in a log.
impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", self.kind.prefix())
    }
}

impl AccessKey {
    /// The key as it appears in a link: `ctl_` or `mod_`, then 64 hexadecimal digits. Anyone who reads it has its rights.
    pub fn reveal(&self) -> String {
        let mut text = String::from(self.kind.prefix());
        for byte in self.selector.iter().chain(&self.verifier) {
            text.push_str(&format!("{byte:02x}"));
        }
        text
    }

    /// The address that a holder opens. The key is in the fragment, which reaches no server log and no referrer.
    pub fn link(&self, public_url: &str, code: &Code) -> String {
        format!(
            "{public_url}/s/{code}/{}#{}",
            self.kind.page(),
            self.reveal()
        )
    }
}

impl AccessKey {
    /// The key in pasted text: a whole link, or the part after its `#`. What stands behind it is forgiven, such as the end of a
    /// sentence.
    ///
    /// # Errors
    /// `NotAKey`.
    pub fn find(pasted: &str) -> Result<Self, NotAKey> {
        let ends = |c: char| !c.is_ascii_alphanumeric() && c != '_';
        let whole = |part: &str| {
            let part = part.trim_start();
            part[..part.find(ends).unwrap_or(part.len())].parse().ok()
        };
        pasted.split('#').find_map(whole).ok_or(NotAKey)
    }

    /// Where the secret of a key begins that text may contain, whole or damaged: behind its prefix.
    pub fn secret_in(text: &str) -> Option<usize> {
        let prefixes = [LinkKind::Control, LinkKind::Moderator].map(LinkKind::prefix);
        let ends = prefixes
            .into_iter()
            .filter_map(|prefix| Some(text.find(prefix)? + prefix.len()));
        ends.min()
    }
}

/// Why what was entered as a session code leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoAddress {
    /// It has no code.
    #[error(transparent)]
    Code(#[from] NotACode),
    /// It is a link whose key is damaged.
    #[error(transparent)]
    Key(#[from] NotAKey),
}

/// The address that people mean who enter this as a session code: the viewers' page, or for a link with a key that link's.
///
/// # Errors
/// `NoAddress`.
pub fn entered_address(given: &str) -> Result<String, NoAddress> {
    let code = Code::find(given)?;
    match AccessKey::secret_in(given) {
        Some(_) => Ok(AccessKey::find(given)?.link("", &code)),
        None => Ok(format!("/s/{code}")),
    }
}

impl FromStr for AccessKey {
    type Err = NotAKey;

    fn from_str(raw: &str) -> Result<Self, NotAKey> {
        let (kind, digits) = [LinkKind::Control, LinkKind::Moderator]
            .into_iter()
            .find_map(|kind| Some((kind, raw.strip_prefix(kind.prefix())?)))
            .ok_or(NotAKey)?;
        if digits.len() != 64 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAKey);
        }
        let half = |digits: &str| {
            u128::from_str_radix(digits, 16)
                .map(u128::to_be_bytes)
                .map_err(|_| NotAKey)
        };
        Ok(Self {
            kind,
            selector: half(&digits[..32])?,
            verifier: half(&digits[32..])?,
        })
    }
}

impl TryFrom<String> for AccessKey {
    type Error = NotAKey;

    fn try_from(raw: String) -> Result<Self, NotAKey> {
        raw.parse()
    }
}

impl From<AccessKey> for String {
    fn from(key: AccessKey) -> Self {
        key.reveal()
    }
}

/// Identifies one link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinkId(pub Uuid);

/// What the streamer sees of a link after its creation; never its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its id.
    pub id: LinkId,
    /// The kind of link.
    pub kind: LinkKind,
    /// The streamer's label for it.
    pub label: Label,
    /// When it was created, UTC.
    #[serde(deserialize_with = "utc::time")]
    pub created_at: DateTime<Utc>,
    /// When it was last redeemed, or, once it was, a staff page was loaded with it, UTC. Who made it holds it without redeeming
    /// it.
    #[serde(default, deserialize_with = "utc::maybe_time")]
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked, UTC.
    #[serde(default, deserialize_with = "utc::maybe_time")]
    pub revoked_at: Option<DateTime<Utc>>,
    /// How many browsers redeemed it, and when.
    #[serde(default)]
    pub uses: LinkUsage,
}

impl Link {
    /// With how many links a session gets no further moderator link. Revoked ones count, because the log identifies moderators
    /// by their link.
    pub const MOST: u32 = 200;
}

/// How a link was used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkUsage {
    /// How many browsers redeemed it.
    pub browsers: u32,
    /// When each of the newest of them did so first, UTC, newest first, at most `LinkUsage::MOST`.
    #[serde(deserialize_with = "utc::times")]
    pub redeemed_at: Vec<DateTime<Utc>>,
}

impl LinkUsage {
    /// The most times that are listed for one link.
    pub const MOST: usize = 20;
}

/// A new link: the only time that its key is returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewLink {
    /// The part that remains visible later.
    pub link: Link,
    /// Its secret.
    pub key: AccessKey,
}

/// A new session: the only time that its control key is returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedSession {
    /// What viewers type.
    pub code: Code,
    /// The secret of the control link.
    pub control_key: AccessKey,
}

/// The result of redeeming a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redemption {
    /// The role of this browser in the session from now on.
    pub role: Role,
    /// Whether the key was never redeemed before: the page then tells its holder to save the link.
    pub first_use: bool,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_never_shows_itself_in_a_log() {
        let key = AccessKey {
            kind: LinkKind::Control,
            selector: [7; 16],
            verifier: [9; 16],
        };
        assert_eq!(format!("{key:?}"), "ctl_…");
    }

    #[test]
    fn a_link_carries_its_key_in_the_fragment() {
        let key = AccessKey {
            kind: LinkKind::Moderator,
            selector: [0; 16],
            verifier: [255; 16],
        };
        let link = key.link("https://clips.example", &"7KQ2MX".parse().unwrap());
        insta::assert_snapshot!(link, @"https://clips.example/s/7KQ2MX/mod#mod_00000000000000000000000000000000ffffffffffffffffffffffffffffffff");
    }

    #[test]
    fn a_link_that_is_entered_as_a_code_leads_where_it_would() {
        let key = format!("mod_{}", "ab".repeat(32));
        for (given, address) in [
            ("7kq 2mx", "/s/7KQ2MX"),
            ("https://clips.example/s/7KQ2MX/mod", "/s/7KQ2MX"),
            (
                &format!(" https://clips.example/s/7kq2mx/mod#{key}\n"),
                &format!("/s/7KQ2MX/mod#{key}"),
            ),
            (
                &format!("https://clips.example/s/7KQ2MX/mod#{key}. See #mods"),
                &format!("/s/7KQ2MX/mod#{key}"),
            ),
        ] {
            assert_eq!(entered_address(given).as_deref(), Ok(address), "{given:?}");
        }
        assert_eq!(entered_address(&key), Err(NoAddress::Code(NotACode)));
    }

    #[test]
    fn a_link_whose_key_is_damaged_leads_nowhere() {
        let key = format!("mod_{}", "ab".repeat(32));
        for damaged in ["mod_", "mod_ab", &key[..67], &format!("{key}ab")] {
            let link = format!("https://clips.example/s/7KQ2MX/mod#{damaged}");
            let refused = Err(NoAddress::Key(NotAKey));
            assert_eq!(entered_address(&link), refused, "{link}");
            let secret = AccessKey::secret_in(&link).unwrap();
            assert_eq!(&link[..secret], "https://clips.example/s/7KQ2MX/mod#mod_");
        }
        assert_eq!(AccessKey::secret_in("7kq 2mx"), None);
    }

    proptest! {
        #[test]
        fn a_key_reads_back_as_itself_whatever_stands_behind_it(
            control: bool, selector: [u8; 16], verifier: [u8; 16],
            behind in "([\\s.,;:!?#)\\]\"'”»。、\u{200b}][\\s\\S]{0,8})?",
        ) {
            let kind = if control { LinkKind::Control } else { LinkKind::Moderator };
            let key = AccessKey { kind, selector, verifier };
            prop_assert_eq!(key.reveal().parse::<AccessKey>(), Ok(key.clone()));
            let link = key.link("https://clips.example", &"7KQ2MX".parse().unwrap());
            prop_assert_eq!(AccessKey::find(&format!(" {link}{behind}")), Ok(key.clone()));
            prop_assert_eq!(AccessKey::find(&format!("{}{behind}", key.reveal())), Ok(key));
        }

        #[test]
        fn no_input_makes_the_parser_panic(raw in "[\\s\\S]{0,80}|(ctl|mod)_[\\s\\S]{60,70}") {
            let _ = raw.parse::<AccessKey>();
            let _ = AccessKey::find(&raw);
        }
    }
}
