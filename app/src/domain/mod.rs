//! The domain: pure rules and types that browser and server share. No I/O, no clock, no randomness.

pub mod access;
pub mod change;
pub mod clip_url;
pub mod code;
#[cfg(feature = "ssr")]
pub mod concurrent_edit;
pub mod filter;
#[cfg(feature = "ssr")]
mod folding;
pub mod half_width;
pub mod held;
pub mod highlights;
pub mod idempotency;
pub mod invalid_input;
#[cfg(feature = "ssr")]
pub mod label_edits;
pub mod labels;
pub mod lead;
pub mod lead_measure;
pub mod limited_action;
pub mod moderation;
pub mod moments;
pub mod offset;
pub mod presence;
pub mod press;
pub mod pressed;
pub mod revision;
pub mod role;
pub mod rules;
pub mod segment;
pub mod session;
pub mod snapshot;
pub mod stream_command;
pub mod text;
pub mod time_range;
pub mod timestamp;
mod unseen;
pub mod utc;
#[cfg(feature = "ssr")]
pub mod word_search;
