//! Keeps a page live in the browser, one folder per subject. Files that touch the browser say so in their first lines, and
//! do so only in effects and event handlers, so that they compile for the server too.

pub mod browser;
pub mod calls;
pub mod clock;
pub mod connection;
pub mod highlights;
pub mod list;
pub mod page;
pub mod press;
pub mod rehearsal;
pub mod signals;
mod tabs;
pub mod virtual_list;
