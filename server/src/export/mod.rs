//! The export formats, one a file: timestamps in, bytes out. They know no database and no transport.

pub mod csv;
pub mod guard;
pub mod text;
