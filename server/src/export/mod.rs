//! The exported files: timestamps in, bytes out. No database and no HTTP here.

pub mod csv;
pub mod format;
pub mod guard;
pub mod text;
