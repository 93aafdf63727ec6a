//! The live session of a page: signals that follow the server, and the callbacks that ask it for something.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::{connection::Connection, list::List, outbox::Outbox};
use crate::{
    clips::ClipsError,
    domain::{
        code::Code,
        role::Audience,
        segment::Segment,
        session::Session,
        snapshot::Snapshot,
        text::{Name, Note},
        timestamp::{Timestamp, TimestampId},
    },
};

/// A live session. On the server it stands still at its snapshot.
#[derive(Clone, Copy)]
pub struct Feed {
    code: StoredValue<Code>,
    /// For whom the list is made.
    pub audience: Audience,
    /// The session as it stands.
    pub session: Signal<Session>,
    /// Its segments, by index.
    pub segments: Signal<Vec<Segment>>,
    /// Its timestamps. Read it with `with` or `read`: it can be long.
    pub list: Signal<List>,
    /// The presses of this browser that the server has not acknowledged.
    pub outbox: Signal<Outbox>,
    /// How this browser's latest press went.
    pub verdict: Signal<Option<Verdict>>,
    /// How the page stands with the live stream.
    pub connection: Signal<Connection>,
    /// The server's clock, moving about twice a second.
    pub now: Signal<DateTime<Utc>>,
    /// Marks this moment.
    pub press: Callback<(Option<Note>, Option<Name>)>,
    /// Gives up a press that was refused or came too late.
    pub dismiss: Callback<TimestampId>,
    /// Loads the page of the list before the first one.
    pub load_older: Callback<()>,
    /// Whether such a page is under way.
    pub is_loading_older: Signal<bool>,
    /// Opens the stream now instead of waiting, where it is away.
    pub nudge: Callback<()>,
}

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

impl Feed {
    /// The session's code.
    pub fn code(&self) -> Code {
        self.code.get_value()
    }
}

/// Follows a session from its snapshot on.
pub fn use_feed(snapshot: Snapshot) -> Feed {
    let connection = RwSignal::new(Connection::START);
    Feed {
        code: StoredValue::new(snapshot.session.code.clone()),
        audience: snapshot.audience,
        session: RwSignal::new(snapshot.session).into(),
        segments: RwSignal::new(snapshot.segments).into(),
        list: RwSignal::new(List::new(snapshot.page)).into(),
        outbox: RwSignal::new(Outbox::default()).into(),
        verdict: RwSignal::new(None).into(),
        connection: connection.into(),
        now: RwSignal::new(snapshot.now).into(),
        press: Callback::new(|_| ()),
        dismiss: Callback::new(|_| ()),
        load_older: Callback::new(|()| ()),
        is_loading_older: RwSignal::new(false).into(),
        nudge: Callback::new(|()| ()),
    }
}
