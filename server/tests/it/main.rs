//! The server's tests, one binary; a room for each wing.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what a test stands on has to hold; the panic says where it did not"
)]

mod circles;
mod commands;
mod http;
mod malformed;
mod program;
mod store;
mod support;
mod tidy;
