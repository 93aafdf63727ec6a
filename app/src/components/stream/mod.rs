//! The stream: its buttons, clock and rehearsal, and the banner about the connection.

pub mod connection_banner;
pub mod rehearsal_panel;
pub mod segment_clock;
pub mod status_message;
pub mod stream_controls;
