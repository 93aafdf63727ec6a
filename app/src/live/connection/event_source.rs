//! One server-sent event stream of a session, and its events. All except `StreamEvent` is browser only.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

use crate::domain::{change::event, code::Code, revision::Cursor, role::Audience};

/// What was heard on a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StreamEvent {
    /// The server accepted it.
    Opened,
    /// A frame, as JSON, and the cursor after it.
    Frame { id: String, json: String },
    /// The server's clock, as JSON.
    Tick { json: String },
    /// Who is here, as JSON.
    Presence { json: String },
    /// The cursor can't be continued.
    SnapshotNeeded,
    /// Why the server ends it, as JSON.
    StreamEnd { json: String },
    /// It could not be opened, or failed.
    Failed,
}

/// An open stream; dropping it closes it.
pub(crate) struct Stream {
    source: EventSource,
    // Kept for as long as the source may call them.
    _listeners: Vec<Closure<dyn Fn(MessageEvent)>>,
}

impl Stream {
    /// Opens the stream that goes on after `after`.
    pub(crate) fn open(
        code: &Code,
        audience: Audience,
        after: Cursor,
        tell: impl Fn(StreamEvent) + Clone + 'static,
    ) -> Option<Self> {
        let word = audience.word();
        let address = format!("/s/{code}/live?audience={word}&frames=lean&after={after}");
        let source = EventSource::new(&address).ok()?;
        let mut listeners = Vec::new();
        let mut listen = |name: &str, heard: fn(&MessageEvent) -> StreamEvent| {
            let tell = tell.clone();
            let listener = Closure::new(move |event: MessageEvent| tell(heard(&event)));
            let function = listener.as_ref().unchecked_ref();
            if source
                .add_event_listener_with_callback(name, function)
                .is_ok()
            {
                listeners.push(listener);
            }
        };
        listen("open", |_| StreamEvent::Opened);
        listen("error", |_| StreamEvent::Failed);
        listen("message", |event| StreamEvent::Frame {
            id: event.last_event_id(),
            json: text(event),
        });
        listen(event::TICK, |event| StreamEvent::Tick { json: text(event) });
        if audience == Audience::Staff {
            listen(event::PRESENCE, |event| StreamEvent::Presence {
                json: text(event),
            });
        }
        listen(event::SNAPSHOT, |_| StreamEvent::SnapshotNeeded);
        listen(event::GOODBYE, |event| StreamEvent::StreamEnd {
            json: text(event),
        });
        Some(Self {
            source,
            _listeners: listeners,
        })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

fn text(event: &MessageEvent) -> String {
    event.data().as_string().unwrap_or_default()
}
