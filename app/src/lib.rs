//! The domain, the server functions and the pages: everything that browser and server share. No database here, and no clock
//! in the domain.

// The types of large pages nest deeply.
#![recursion_limit = "512"]

pub mod api;
pub mod components;
pub mod document;
pub mod domain;
pub mod embedded;
pub mod error;
pub mod forms;
pub mod json;
pub mod live;
pub mod live_document;
pub mod offline;
pub mod pages;
mod script_text;
pub mod service;
pub mod words;

/// Whether this is compiled for the server, which writes HTML.
pub(crate) const IS_SERVER: bool = cfg!(feature = "ssr");

/// Whether this is compiled for a browser. Neither is true in tests.
pub(crate) const IN_BROWSER: bool = cfg!(target_arch = "wasm32");
