//! The browser's own presses: the outbox, sending, outcomes, and those that were acknowledged. And the moments that it joined.

pub(super) mod change_own;
pub mod fate;
pub(super) mod join_moment;
pub mod outbox;
pub mod outcome;
pub mod own_change;
pub mod own_joins;
pub mod own_presses;
pub(super) mod restore_own_presses;
pub(super) mod submit;
pub mod uncounted;
