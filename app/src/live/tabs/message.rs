//! A tab of a browser: its claim to keep a live stream open, and the messages between tabs.

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

/// A claim to keep a stream open. The smaller one wins: a visible tab's before a hidden one's, which may be frozen at any
/// time; then the earlier one.
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

/// Whether a leader passes this on. Its ticks show other leaders that it is still there.
pub(super) fn is_passed(heard: &StreamEvent, has_followers: bool) -> bool {
    match heard {
        // Events that only this tab needs, or that don't prove yet that anything arrives.
        StreamEvent::Opened | StreamEvent::SnapshotNeeded => false,
        StreamEvent::Tick { .. } => true,
        StreamEvent::Frame { .. }
        | StreamEvent::Presence { .. }
        | StreamEvent::StreamEnd { .. }
        | StreamEvent::Failed => has_followers,
    }
}

/// What a message says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum MessageBody {
    /// The sender keeps the stream open, or is opening it. `asks` for the claims of all others.
    Claim { claim: Claim, asks: bool },
    /// The sender gave up its stream.
    Left,
    /// The sender continues after this cursor with what the leader receives; `None` if it has to restart.
    Follow { leader: Tab, after: Option<Cursor> },
    /// What the sender received on its stream, for all its followers, or for one. A replay to a new follower ends with the
    /// event that the stream is open: from there on it has everything that the others have.
    Relayed { to: Option<Tab>, heard: StreamEvent },
}
