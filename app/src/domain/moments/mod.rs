//! Moments: several viewers pressed because of the same thing. Pure, and in integers throughout, so that processes agree to
//! the bit.

pub mod moment;
pub mod path;
