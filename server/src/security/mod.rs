//! Who asks, and what is refused before anything is asked.

pub mod visitor;
