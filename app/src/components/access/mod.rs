//! The way in: typed codes, pasted keys, the gate of the staff's pages, and what stands there when there is none.

pub mod access_gate;
pub mod code_form;
pub mod error_message;
pub mod key_form;
