//! Moments, and the timeline that they stand out of.

pub mod best_moments;
pub mod moment_actions;
pub mod moment_editor;
pub mod moment_list;
mod moment_markup;
pub mod moment_tools;
pub(crate) mod picture;
mod staff_markup;
pub mod timeline;
