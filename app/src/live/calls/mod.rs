//! Calls to the server: time limits, retries and back-off, and which answer counts.

pub mod backoff;
pub mod bulk_moderation;
pub mod latest;
pub(super) mod public_snapshot;
pub mod retry;
