//! The files that a streamer leaves with: timestamps in, bytes out. They know no database and no transport.

pub mod csv;
pub mod format;
pub mod guard;
pub mod text;
