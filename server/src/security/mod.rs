//! Who asks, and what is refused before anything is asked.

pub mod action;
pub mod client_network;
pub mod headers;
pub mod limits;
pub mod origin;
pub mod principal;
pub mod visitor;
