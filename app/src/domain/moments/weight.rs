//! How much a visitor counts, in 1/256.

/// What a visitor counts for: 256 is one whole visitor. It is small enough to be stored beside a timestamp, and tells nothing
/// about where its visitor came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight(u16);

impl Weight {
    /// One visitor, as nearly all are.
    pub const WHOLE: Self = Self(256);

    /// So many 1/256; more than a whole is a whole.
    pub fn new(parts: u16) -> Self {
        Self(parts.min(256))
    }

    /// How many 1/256 it is, at most 256.
    pub fn parts(self) -> u16 {
        self.0
    }

    /// This part of a height.
    pub fn of(self, height: u64) -> u64 {
        (height * u64::from(self.0)) >> 8
    }
}

impl Default for Weight {
    fn default() -> Self {
        Self::WHOLE
    }
}
