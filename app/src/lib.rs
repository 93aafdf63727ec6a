//! The domain, the server functions and the pages: what browser and server share. It knows no database, and the domain
//! reads no clock.

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
pub mod pages;
pub mod service;
pub mod words;

/// Whether this is the half that runs on the server, and writes HTML.
pub(crate) const IS_SERVER: bool = cfg!(feature = "ssr");

/// Whether this is the half that runs in a browser. Where tests run it is neither.
pub(crate) const IN_BROWSER: bool = cfg!(target_arch = "wasm32");
