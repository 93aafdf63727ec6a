//! The exported files: timestamps and moments in, bytes out. No database and no HTTP here.

pub mod csv;
pub mod format;
pub mod guard;
pub mod moments;
pub mod text;
pub mod timestamps;
