//! Moments: several viewers pressed because of the same thing. Pure, and in integers throughout, so that processes agree to
//! the bit.

#[cfg(feature = "ssr")]
pub mod boundaries;
#[cfg(feature = "ssr")]
pub mod crowd_curve;
#[cfg(feature = "ssr")]
pub mod delays;
#[cfg(feature = "ssr")]
pub mod fresh_visitors;
#[cfg(feature = "ssr")]
pub mod identity;
#[cfg(feature = "ssr")]
pub mod kernel;
pub mod moment;
#[cfg(feature = "ssr")]
pub mod notes;
pub mod path;
#[cfg(feature = "ssr")]
pub mod peaks;
#[cfg(feature = "ssr")]
pub mod rank;
#[cfg(feature = "ssr")]
pub mod weight;
