//! The moderators' list with all actions on its rows, and the moderation log.

pub mod bulk_actions;
mod drawn_rows;
pub mod filter_toolbar;
mod following;
mod list_window;
mod log_changes;
mod log_pages;
pub mod moderation_list;
pub mod moderation_log;
mod moderation_row;
pub mod note_drafts;
pub mod note_editor;
mod older_rows;
pub mod printed_rows;
pub(super) mod row_actions;
mod row_editor;
pub mod row_interaction;
pub mod segment_group;
pub mod undo_bar;
pub mod visitor_dialog;
