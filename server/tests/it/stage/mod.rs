//! What the tests stand on.

pub(crate) mod database;
pub(crate) mod dump;
pub(crate) mod people;
pub(crate) mod program;
pub(crate) mod running;
