//! The seed from which the ids and keys of a request are derived, so that a retry by the same browser gets the same ones.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::random;

/// 256 secret bits. A derived value reveals nothing about them or about other derived values. Never logged and never
/// stored.
#[derive(Clone, Copy)]
pub struct Seed([u8; 32]);

/// A seed never shows itself in a log.
impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(…)")
    }
}

impl Seed {
    /// A seed that will never occur again.
    ///
    /// # Panics
    /// If the operating system has no random bytes.
    pub fn random() -> Self {
        Self(random::bytes())
    }

    /// The seed of this secret, which needs at least 128 bits of entropy.
    pub fn of_secret(secret: &str) -> Self {
        Self([0; 32]).derive(&[secret.as_bytes()])
    }

    /// The seed derived from these parts, in this order: HMAC-SHA-256 (RFC 2104).
    pub fn derive(&self, parts: &[&[u8]]) -> Self {
        // Shorter keys are padded with zeros to the block length. This one already has it, so nothing can fail.
        let mut key = [0; 64];
        key[..32].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha256>::new(&key.into());
        for part in parts {
            // The length comes first, so that "ab", "c" differs from "a", "bc".
            mac.update(&part.len().to_be_bytes());
            mac.update(part);
        }
        Self(mac.finalize().into_bytes().into())
    }

    /// 128 bits for one purpose.
    pub fn bytes(&self, purpose: &str) -> [u8; 16] {
        let Self(derived) = self.derive(&[purpose.as_bytes()]);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&derived[..16]);
        bytes
    }

    /// A UUID (version 8) for one purpose.
    pub fn uuid(&self, purpose: &str) -> Uuid {
        uuid::Builder::from_custom_bytes(self.bytes(purpose)).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_parts_give_the_same_seed_and_others_another() {
        let seed = Seed::of_secret("0f0f");
        let of = |parts: &[&[u8]]| seed.derive(parts).0;
        assert_eq!(of(&[b"ab", b"c"]), of(&[b"ab", b"c"]));
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"c", b"ab"]));
        assert_ne!(of(&[b"ab"]), of(&[b"ab", b""]));
        assert_ne!(of(&[b"ab"]), Seed::of_secret("0f0e").derive(&[b"ab"]).0);
    }

    #[test]
    fn each_purpose_has_bits_of_its_own() {
        let seed = Seed::random();
        assert_eq!(seed.bytes("selector"), seed.bytes("selector"));
        assert_ne!(seed.bytes("selector"), seed.bytes("verifier"));
        assert_eq!(seed.uuid("link").get_version_num(), 8);
    }

    #[test]
    fn a_seed_never_shows_itself_in_a_log() {
        insta::assert_snapshot!(format!("{:?}", Seed::random()), @"Seed(…)");
    }
}
