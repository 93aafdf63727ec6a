//! Who is here now: viewers, the others of the staff, and what these are editing.

mod announcer;
pub mod colleagues;
pub(crate) mod edited_by;
pub mod here;
pub mod state;
