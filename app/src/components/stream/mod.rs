//! The broadcast: its buttons, clock and rehearsal, and the banner that tells whether the page is live.

pub mod connection_banner;
pub mod rehearsal_panel;
pub mod segment_clock;
pub mod stream_controls;
