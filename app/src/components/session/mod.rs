//! A session's header, navigation, status, and the streamer's settings.

mod concurrent_form;
pub mod label_editor;
pub mod lead_field;
pub(crate) mod live_page;
pub mod page_header;
pub mod session_editor;
pub mod session_head;
pub mod session_rules;
pub mod status_badge;
