//! The server's tests, one binary; a room for each wing.

mod stage;
mod store;
