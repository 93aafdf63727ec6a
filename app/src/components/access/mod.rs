//! Access: codes, pasted links, the gate of the staff pages, and what is shown instead of a page.

pub mod access_gate;
pub mod code_form;
pub mod error_message;
pub mod key_form;
