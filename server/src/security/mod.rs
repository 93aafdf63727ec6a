//! Who is calling, and what is refused before any work is done.

pub mod client_network;
pub mod forgotten;
pub mod headers;
pub mod limits;
pub mod origin;
pub mod principal;
pub mod visitor;
