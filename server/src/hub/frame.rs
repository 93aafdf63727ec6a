//! Frames and events as bytes of the stream.

use app::domain::{
    change::{Frame, StreamEnd, Tick, event},
    highlights::Highlights,
    presence::Presence,
    revision::{Cursor, Epoch},
    role::Audience,
    session::Session,
};
use bytes::Bytes;
use serde::Serialize;

use crate::{moments, store::Changes};

/// What one frame tells.
#[derive(Clone, Copy)]
pub(super) struct News<'a> {
    /// What changed.
    pub(super) changes: &'a Changes,
    /// What that came to, for the frame's audience.
    pub(super) highlights: &'a Highlights,
    /// The session, where the frame is to hold it.
    pub(super) session: Option<&'a Session>,
}

/// A frame for one audience, with or without the session in it. Public frames list the ids of hidden timestamps and contain
/// nothing else of them. Both list erased ones separately, because a page keeps its own visitor's hidden presses but no
/// erased ones.
pub(super) fn frame(
    News {
        changes,
        highlights,
        session,
    }: News<'_>,
    audience: Audience,
    epoch: Epoch,
) -> Bytes {
    let (hidden, visible): (Vec<_>, Vec<_>) = match audience {
        // Nobody is told whose they are; a browser keeps its own presses as they were answered.
        Audience::Public if changes.session.rules.staff_list => (Vec::new(), Vec::new()),
        Audience::Public => changes.timestamps.iter().cloned().partition(|t| t.hidden),
        Audience::Staff => (Vec::new(), changes.timestamps.clone()),
    };
    let is_shown = moments::is_shown_to(audience, changes.session.rules.staff_list);
    let frame = Frame {
        revision: changes.revision,
        session: session.cloned(),
        segments: changes.segments.clone(),
        timestamps: visible,
        removed: hidden.iter().map(|timestamp| timestamp.id).collect(),
        erased: changes.erased.clone(),
        highlights: match is_shown {
            true => highlights.clone(),
            false => Highlights::default(),
        },
    };
    let cursor = Cursor {
        epoch,
        revision: changes.revision,
    };
    Bytes::from(format!("id: {cursor}\ndata: {}\n\n", json(&frame)))
}

/// Adds the session to a frame that was built without it.
pub(super) fn with_session(frame: &Bytes, session: &str) -> Bytes {
    let text = String::from_utf8_lossy(frame);
    let whole = match text.split_once(DATA) {
        Some((id, rest)) => format!("{id}{DATA}\"session\":{session},{rest}"),
        None => text.into_owned(),
    };
    Bytes::from(whole)
}

/// Where the data of a frame begins, which always contains its revision.
const DATA: &str = "data: {";

/// The session as it appears in frames.
pub(super) fn session(session: &Session) -> String {
    json(session)
}

/// The server's clock: the first event, and the heartbeat.
pub(super) fn tick(tick: Tick) -> Bytes {
    named(event::TICK, &json(&tick))
}

/// Who is here, for the staff.
pub(super) fn presence(presence: &Presence) -> Bytes {
    named(event::PRESENCE, &json(presence))
}

/// Tells the page to take a new snapshot.
pub(super) fn snapshot() -> Bytes {
    // An event without data is never dispatched.
    named(event::SNAPSHOT, "{}")
}

/// The last event.
pub(super) fn stream_end(end: StreamEnd) -> Bytes {
    named(event::GOODBYE, &json(&end))
}

fn named(name: &str, data: &str) -> Bytes {
    Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
}

fn json(value: &impl Serialize) -> String {
    // Plain structures of numbers and strings: this can't fail, and an empty event would do no harm.
    serde_json::to_string(value).unwrap_or_default()
}
