//! Answers that are built once and handed out as shared bytes: the files for the browser, the pages that are the same for
//! everybody, and what is public of each session at its newest revision.

mod body;
mod public;
mod site;

pub use body::{Body, HTML, JSON, Kept};
pub use public::{Public, What};
pub use site::Site;
