//! Components used by all subjects: buttons, dialogs, errors, texts, calls to the server.

pub mod announcer;
pub mod confirm;
pub mod copy_button;
pub(super) mod event_target;
pub(crate) mod focus;
pub mod form_error;
pub(crate) mod label_chip;
pub(crate) mod live_text;
pub(super) mod looked_at;
pub mod modal;
pub mod noscript;
pub mod not_running;
pub(crate) mod one_intention;
pub mod page_title;
pub mod privacy_link;
pub mod retry_key;
pub(super) mod roving;
pub(crate) mod row_cool_down;
pub(super) mod rows;
pub mod server_call;
pub mod shortcuts;
pub mod tabs;
pub mod ticked_bar;
pub(super) mod updates;
