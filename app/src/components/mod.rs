//! What more than one page shows, one component a file. Signals go down, callbacks come up.

pub mod code_form;
pub mod confirm;
pub mod connection_banner;
pub mod copy_button;
pub mod press_form;
pub mod press_result;
pub mod segment_clock;
pub mod status_badge;
pub mod tab_title;
pub mod timestamp_list;
pub mod timestamp_row;
pub mod trouble;
pub mod unsent_list;
