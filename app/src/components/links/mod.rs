//! A session's links and code: created, shown, shared and revoked, and their use.

pub mod control_link;
pub mod link_activity;
pub mod moderator_links;
pub mod new_link_panel;
pub mod secret_link;
pub mod session_links;
pub mod share;
