//! The list of timestamps as everybody sees it, and its exports.

pub mod exports;
pub mod timestamp_list;
pub(super) mod timestamp_markup;
