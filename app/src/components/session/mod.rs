//! A session's head, its way between pages, its status, and what the streamer can set of it.

pub mod page_header;
pub mod session_editor;
pub mod session_head;
pub mod session_rules;
pub mod status_badge;
pub mod tab_title;
