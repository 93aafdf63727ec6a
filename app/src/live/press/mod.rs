//! What a browser knows of its own presses: the outbox, sending, how each went, and those that were acknowledged.

pub mod outbox;
pub mod outcome;
pub mod own_presses;
pub(super) mod restore_own_presses;
pub(super) mod submit;
