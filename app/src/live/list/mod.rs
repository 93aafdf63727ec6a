//! The list of timestamps that a page holds: rows of pages, frames and own presses, merged. Pure.

pub(super) mod journal;
pub mod table;
pub mod timestamps;
