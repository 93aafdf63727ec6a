//! Moments, and the timeline that they stand out of.

pub mod best_moments;
mod live_picture;
mod merging;
pub mod moment_actions;
pub mod moment_editor;
pub mod moment_list;
mod moment_markup;
pub mod moment_tools;
pub mod order;
pub(crate) mod picture;
pub mod range_moment;
pub mod selection;
mod staff_markup;
pub mod ticked_moments;
pub mod timeline;
pub mod timeline_range;
pub mod timeline_table;
mod typed_moment;
