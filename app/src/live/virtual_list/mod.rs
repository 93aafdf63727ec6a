//! Virtual scrolling of the moderators' long list, of which only the rows near the window are rendered: heights, filter and
//! scrolling. Pure.

pub mod filtered;
pub mod row_heights;
pub mod scroll_follow;
