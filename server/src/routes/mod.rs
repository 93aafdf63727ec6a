//! The handlers of all routes.

pub mod api;
mod code_path;
mod error_response;
pub mod export;
pub mod forms;
pub mod health;
pub mod identify;
pub mod live;
pub mod manifest;
pub mod pages;
pub mod qr;
mod request_body;
mod requests;
pub mod rpc;
mod sent_from;
pub mod service_worker;
pub mod timeouts;
