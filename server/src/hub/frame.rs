//! Frames and events as bytes of the stream.

use app::domain::{
    change::{Frame, Goodbye, Tick, event},
    revision::{Cursor, Epoch},
    role::Audience,
};
use bytes::Bytes;
use serde::Serialize;

use crate::store::Changes;

/// A frame for one audience. Public ones name what is hidden, and carry nothing else of it; both name what was erased,
/// apart, since a page keeps its own visitor's hidden presses and no erased ones.
pub(super) fn frame(changes: &Changes, audience: Audience, epoch: Epoch) -> Bytes {
    let (hidden, visible): (Vec<_>, Vec<_>) = match audience {
        // Whose they are is told to nobody: a browser keeps its own presses as they were answered.
        Audience::Public if changes.session.rules.staff_list => (Vec::new(), Vec::new()),
        Audience::Public => changes.timestamps.iter().cloned().partition(|t| t.hidden),
        Audience::Staff => (Vec::new(), changes.timestamps.clone()),
    };
    let frame = Frame {
        revision: changes.revision,
        session: changes.session.clone(),
        segments: changes.segments.clone(),
        timestamps: visible,
        removed: hidden.iter().map(|timestamp| timestamp.id).collect(),
        erased: changes.erased.clone(),
    };
    let cursor = Cursor {
        epoch,
        revision: changes.revision,
    };
    Bytes::from(format!("id: {cursor}\ndata: {}\n\n", json(&frame)))
}

/// The server's clock: the first event, and the heartbeat.
pub(super) fn tick(tick: Tick) -> Bytes {
    named(event::TICK, &json(&tick))
}

/// "Take a new snapshot."
pub(super) fn snapshot() -> Bytes {
    // An event without data is never dispatched.
    named(event::SNAPSHOT, "{}")
}

/// The last event.
pub(super) fn goodbye(goodbye: Goodbye) -> Bytes {
    named(event::GOODBYE, &json(&goodbye))
}

fn named(name: &str, data: &str) -> Bytes {
    Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
}

fn json(value: &impl Serialize) -> String {
    // Plain structures of numbers and strings: this can't fail, and an empty event would do no harm.
    serde_json::to_string(value).unwrap_or_default()
}
