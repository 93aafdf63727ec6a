//! A tab among those of its browser: its claim to keep a live stream open, and what tabs tell each other.

use crate::{domain::revision::Cursor, live::connection::event_source::StreamEvent};

/// A moment by both of the browser's clocks, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Unix time, which all tabs of a browser share and somebody may set.
    pub(crate) wall_ms: f64,
    /// What has passed since this page was opened.
    pub(crate) elapsed_ms: f64,
}

/// A tab among those of its browser: a number drawn at random when its page was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tab(pub(super) u32);

/// A claim to keep a stream open. The smaller one holds: of a visible tab before that of a hidden one, which may be frozen
/// any time; then the earlier one.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(crate) struct Claim {
    pub(crate) is_hidden: bool,
    /// Unix time in milliseconds.
    pub(crate) since_ms: f64,
    pub(crate) tab: Tab,
}

/// What tabs tell each other. All of them hear it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TabMessage {
    pub(crate) from: Tab,
    /// Which stream it is about: a session and an audience.
    pub(crate) topic: String,
    pub(crate) body: MessageBody,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum MessageBody {
    /// The sender keeps the stream open, or is just opening it. `asks` for the claims of all others.
    Claim { claim: Claim, asks: bool },
    /// The sender gave its stream back.
    Left,
    /// The sender goes on after this cursor with what the leader hears; none where it has to begin anew.
    Follow { leader: Tab, after: Option<Cursor> },
    /// What the sender heard on its stream, for all that follow it, or for one. To one that begins to follow, the last of
    /// it is that the stream is open: from there on it has all that the others have.
    Relayed { to: Option<Tab>, heard: StreamEvent },
}
