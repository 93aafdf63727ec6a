//! The pages, one file a route.

pub mod control;
pub mod home;
pub mod moderate;
pub mod not_found;
pub mod privacy;
pub mod viewer;
