//! The links and the code of a session: made, shown, shared and revoked, and who used them.

pub mod control_link;
pub mod link_activity;
pub mod moderator_links;
pub mod new_link_panel;
pub mod secret_link;
pub mod share;
