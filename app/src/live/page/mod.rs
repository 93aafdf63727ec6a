//! A live page as a whole: its initial data, the redemption of its link, its state, and what components read and call.

pub mod feed;
pub mod initial_data;
pub mod link_redemption;
pub(super) mod state;
