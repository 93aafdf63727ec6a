//! A live page as a whole: what it starts from, how its link is redeemed, what it knows, and what components read and ask.

pub mod feed;
pub mod initial_data;
pub mod link_redemption;
pub(super) mod state;
