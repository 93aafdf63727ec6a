//! Browser features: storage, cookies, randomness, scrolling, beacons, channels between tabs. Browser only.

pub(crate) mod beacon;
pub(super) mod broadcast_channel;
pub mod erasure;
pub(super) mod pressed_cookie;
pub mod random;
pub mod scroll;
pub mod storage;
