//! How the tabs of one browser share a live stream: one leads, the others follow over a `BroadcastChannel`.

pub(super) mod leader_election;
pub(super) mod message;
pub(super) mod recent_frames;
pub(super) mod relay;
pub(super) mod wire_format;
