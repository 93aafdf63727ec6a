//! What the pages show, one component a file. Signals go down, callbacks come up.

pub mod acts;
pub mod code_form;
pub mod confirm;
pub mod connection_banner;
pub mod control_link;
pub mod copy_button;
pub mod exports;
pub mod moderated_row;
pub mod moderator_links;
pub mod note_editor;
pub mod page_header;
pub mod press_form;
pub mod press_result;
pub mod rehearsal_panel;
pub mod secret_link;
pub mod segment_clock;
pub mod session_editor;
pub mod session_head;
pub mod share;
pub mod status_badge;
pub mod tab_title;
pub mod timestamp_list;
pub mod timestamp_row;
pub mod trouble;
pub mod unsent_list;
pub mod watch_list;
