//! Response bodies that are built once and shared: the files for the browser, pages that are the same for everybody, and
//! what is public of each session at its newest revision.

mod body;
mod public_cache;
mod static_files;

pub use body::{Body, CachePolicy, HTML, JAVASCRIPT, JSON, SVG, compressed_for};
pub use public_cache::{PublicBody, PublicCache};
pub use static_files::{StaticFiles, short_hash};
