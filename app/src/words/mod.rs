//! All text that users read: one file per page or subject, from typed values to words.
//!
//! Nothing else in this crate contains sentences: pages and components take them from here, and the `Display` of an error
//! is for logs. Another language is thus another folder like this one.

pub(crate) mod desk;
pub mod errors;
pub mod export;
pub(crate) mod filter;
pub(crate) mod home;
pub(crate) mod joins;
pub(crate) mod links;
pub(crate) mod moderation;
pub(crate) mod moments;
pub(crate) mod offline;
pub(crate) mod presence;
pub(crate) mod press;
mod press_refused;
pub(crate) mod privacy;
pub mod refusals;
pub(crate) mod rehearsal;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod stream;
pub(crate) mod tab;
pub(crate) mod time;
pub(crate) mod viewer;
