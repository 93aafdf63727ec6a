//! The live stream of a page: its connection as a state machine, the code that carries that out, and snapshots if no stream
//! arrives.

pub(super) mod event_source;
pub(super) mod pending_moments;
pub(super) mod resync;
pub mod state_machine;
pub(super) mod stream_controller;
pub(super) mod unread_frames;
