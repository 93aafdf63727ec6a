//! The live stream of a page: its connection as a state machine, what carries that out, and snapshots where no stream comes.

pub(super) mod event_source;
pub(super) mod resync;
pub mod state_machine;
pub(super) mod stream_controller;
