//! Components: one per file, one folder per subject. Signals go down, callbacks come up.

pub mod access;
pub mod desk;
pub mod links;
pub mod list;
pub mod moderation;
pub mod moments;
pub mod presence;
pub mod press;
pub mod session;
pub mod shared;
pub mod stream;
