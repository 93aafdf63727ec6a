//! The staff's desk: one screen whose panes scroll, for moderators and the streamer; and the same as a dock of OBS.

mod addressed_moment;
pub mod bar;
mod chunk;
pub mod dock;
mod keys;
pub mod keys_dialog;
pub mod later;
pub mod notices;
pub mod part;
pub mod side;
pub mod state;
pub mod whole;
