//! How a press went.

use crate::{
    clips::ClipsError,
    domain::{text::Note, timestamp::Timestamp},
};

/// How a press went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The server has it.
    Saved(Timestamp),
    /// The server, or the way to it, could not take it now; it is kept.
    Waiting,
    /// The server said no.
    Refused {
        /// Why.
        error: ClipsError,
        /// What the viewer had said about the moment.
        note: Option<Note>,
    },
}
