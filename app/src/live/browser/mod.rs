//! Browser features: storage, cookies, randomness, scrolling, sizes, frames, beacons, channels between tabs. Browser only.

pub mod after_input;
pub mod after_paint;
pub(crate) mod beacon;
pub(super) mod broadcast_channel;
pub mod erasure;
pub mod pace;
pub(super) mod pressed_cookie;
pub mod random;
pub mod scroll;
pub mod size_watch;
pub mod storage;
