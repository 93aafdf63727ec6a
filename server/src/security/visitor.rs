//! The visitor's cookie: 256 random bits that identify one browser.

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{idempotent_ids::Seed, random, store::VisitorId};

/// How long a browser keeps it: 400 days, the most that browsers allow.
const MAX_AGE_SECONDS: u32 = 400 * 24 * 60 * 60;

/// The secret of one browser: 64 hexadecimal digits. Never logged and never stored.
#[derive(Clone, PartialEq, Eq)]
pub struct VisitorCookie(String);

impl VisitorCookie {
    /// The cookie of a new browser.
    pub fn random() -> Self {
        let bytes: [u8; 32] = random::bytes();
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The cookie in a request; `None` if it is missing or malformed.
    pub fn read(headers: &HeaderMap, public_url: &str) -> Option<Self> {
        let name = name(public_url);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, value)| *key == name && is_well_formed(value))
            .map(|(_, value)| Self(value.into()))
    }

    /// The value of the `Set-Cookie` header that sets it.
    pub fn set_cookie(&self, public_url: &str) -> String {
        let secure = if is_https(public_url) { "; Secure" } else { "" };
        format!(
            "{}={}; Path=/; Max-Age={MAX_AGE_SECONDS}; HttpOnly; SameSite=Lax{secure}",
            name(public_url),
            self.0
        )
    }

    /// The value of the `Set-Cookie` header that removes it.
    pub fn unset_cookie(public_url: &str) -> String {
        let secure = if is_https(public_url) { "; Secure" } else { "" };
        let name = name(public_url);
        format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}")
    }

    /// The visitor that it identifies: the first 128 bits of its SHA-256, so that a copy of the database opens no session.
    pub fn visitor(&self) -> VisitorId {
        let hash: [u8; 32] = Sha256::digest(&self.0).into();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        VisitorId(Uuid::from_bytes(bytes))
    }

    /// The seed from which the ids and keys of its requests are derived.
    pub fn seed(&self) -> Seed {
        Seed::of_secret(&self.0)
    }
}

/// Lower case only: another spelling of the same bits would identify another visitor.
fn is_well_formed(value: &str) -> bool {
    value.len() == 64
        && value
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether the public URL is HTTPS. The socket doesn't tell: behind a proxy that terminates TLS it is always plain.
pub fn is_https(public_url: &str) -> bool {
    public_url.starts_with("https://")
}

fn name(public_url: &str) -> &'static str {
    if is_https(public_url) {
        "__Host-visitor"
    } else {
        "visitor"
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie).unwrap())])
    }

    #[test]
    fn a_cookie_that_was_set_is_read_again() {
        for url in ["http://127.0.0.1:3000", "https://clips.example"] {
            let cookie = VisitorCookie::random();
            let set = cookie.set_cookie(url);
            let pair = set.split(';').next().unwrap();
            let read = VisitorCookie::read(&headers(&format!("a=b; {pair}")), url).unwrap();
            assert_eq!(read.visitor(), cookie.visitor());
        }
    }

    #[test]
    fn a_secure_server_sets_a_secure_host_cookie() {
        let digits = "0f".repeat(32);
        let set = VisitorCookie(digits.clone()).set_cookie("https://clips.example");
        assert_eq!(
            set,
            format!(
                "__Host-visitor={digits}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax; Secure"
            )
        );
    }

    #[test]
    fn a_malformed_cookie_names_nobody() {
        for value in ["", "abc", &"F".repeat(64), &"0".repeat(65)] {
            let read = VisitorCookie::read(&headers(&format!("visitor={value}")), "http://x");
            assert!(read.is_none(), "{value}");
        }
    }
}
