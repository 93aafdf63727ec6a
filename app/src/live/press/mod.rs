//! The browser's own presses: the outbox, sending, outcomes, and those that were acknowledged.

pub mod outbox;
pub mod outcome;
pub mod own_presses;
pub(super) mod restore_own_presses;
pub(super) mod submit;
