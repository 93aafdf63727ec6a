//! Sharing one live stream among the tabs of a browser: one leads, the others follow over a `BroadcastChannel`.

pub(super) mod leader_election;
pub(super) mod message;
pub(super) mod recent_frames;
pub(super) mod relay;
pub(super) mod wire_format;
