//! The kernel: how much a press counts at a second near it, in fixed point.

/// One visitor at the second of their press: the unit of every height.
pub const ONE_VISITOR: u64 = 1 << 16;

/// `K(d) = exp(-(d / h)² / 2)` for whole seconds `d`, cut at `3h` and scaled by [`ONE_VISITOR`]. It is a table, so that every
/// process on every machine adds the same integers: `exp` differs in its last bit from one libm to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernel(&'static [u32]);

impl Kernel {
    /// `h` = 5 s: what live moments are found with.
    pub const LIVE: Self = Self(&[
        65536, 64238, 60497, 54740, 47589, 39750, 31900, 24596, 18221, 12969, 8869, 5828, 3679,
        2231, 1300, 728,
    ]);

    /// `h` = 4 s: for presses whose visitors' delays are known, which lie closer together.
    pub const SHARP: Self = Self(&[
        65536, 63520, 57835, 49469, 39750, 30005, 21276, 14173, 8869, 5214, 2879, 1494, 728,
    ]);

    /// The farthest second at which a press still counts.
    pub fn reach(self) -> u32 {
        u32::try_from(self.0.len())
            .unwrap_or(u32::MAX)
            .saturating_sub(1)
    }

    /// What a press counts for at its own second, the next one, …, in 1/65,536 of a visitor.
    pub fn values(self) -> &'static [u32] {
        self.0
    }

    /// What a press counts for at a distance in seconds, in 1/65,536 of a visitor.
    pub fn at(self, distance: u32) -> u64 {
        self.0
            .get(distance as usize)
            .map_or(0, |&value| u64::from(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_gaussians_of_five_and_four_seconds() {
        for (kernel, h) in [(Kernel::LIVE, 5_u32), (Kernel::SHARP, 4)] {
            assert_eq!(kernel.reach(), 3 * h);
            for distance in 0..=kernel.reach() {
                let u = f64::from(distance) / f64::from(h);
                let exact = (-u * u / 2.0).exp() * 65536.0;
                let stored = f64::from(u32::try_from(kernel.at(distance)).unwrap());
                assert!(
                    (stored - exact).abs() <= 0.5,
                    "h {h}, {distance} s: {stored} for {exact}"
                );
            }
            assert_eq!(kernel.at(kernel.reach() + 1), 0);
        }
    }
}
