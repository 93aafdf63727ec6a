//! Moments, and the timeline that they stand out of.

pub mod best_moments;
pub mod moment_list;
mod moment_markup;
pub(crate) mod picture;
pub mod timeline;
