//! The domain, the server functions and the pages: what browser and server share. It reads no clock and knows no database.

pub mod api;
pub mod clips;
pub mod domain;
