//! Keeps the live stream open: tells the connection's rules what happened, and does what they order; `tabs/relay.rs` does so for
//! the rules of the browser's tabs. Browser only.

use gloo_timers::callback::{Interval, Timeout};
use leptos::{ev, prelude::*};
use web_sys::VisibilityState;

use super::{
    event_source::{Heard, Stream},
    state_machine::{Connection, ConnectionEvent, Ending, Order, Why},
};
use crate::{
    domain::change::{StreamEnd, Tick},
    json,
    live::{
        browser::{broadcast_channel::Channel, random},
        calls::latest::Newest,
        clock,
        page::state::State,
        press::submit,
        tabs::{
            leader_election::{SILENCE_MS, Tabs},
            recent_frames::Recent,
        },
    },
};

/// How often the page's clock moves, in milliseconds: often enough that no second is skipped.
const CLOCK_MS: u32 = 500;

/// How long a tab must be hidden before it gives its stream back, in milliseconds.
const HIDDEN_MS: u32 = 30_000;

/// An open stream sends its first event at once: how long to wait for it before the stream counts as held back, in
/// milliseconds.
const FIRST_EVENT_MS: f64 = 5_000.0;

/// A page's live stream.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    pub(crate) state: State,
    pub(crate) parts: StoredValue<Parts, LocalStorage>,
}

/// What is dropped, and by that closed and cancelled, when the page is left.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) stream: Option<Stream>,
    /// The last frames that the page has taken in, one after the other.
    pub(crate) recent: Option<Recent>,
    /// The other tabs of this browser, and the way to them; none where the browser has none.
    pub(crate) tabs: Option<(Tabs, Channel)>,
    wait: Option<Timeout>,
    hidden: Option<Timeout>,
    clock: Option<Interval>,
    /// Which of the snapshots that were asked for counts.
    pub(crate) snapshots: Newest,
    /// How many heartbeats the open stream has sent.
    ticks: u32,
    /// When something was last heard of it.
    heard_at: f64,
    /// Whether the server has said since the last open stream that this page may watch.
    pub(crate) may_watch: bool,
}

impl Line {
    /// Opens the stream, and listens to what happens around it, until the effect that calls this is cleaned up.
    pub(crate) fn establish(state: State) -> Self {
        let line = Self {
            state,
            parts: StoredValue::new_local(Parts::default()),
        };
        let clock = Interval::new(CLOCK_MS, move || line.on_clock());
        line.parts.update_value(|parts| parts.clock = Some(clock));
        let listeners = [
            window_event_listener(ev::online, move |_| {
                // A hidden tab that gave its stream back doesn't take it because the network is back.
                if !is_hidden() {
                    line.tell(ConnectionEvent::RetryNow);
                }
                submit::send_due(state);
            }),
            window_event_listener(ev::offline, move |_| line.tell(ConnectionEvent::Failed)),
            // It happens to the document, and bubbles.
            window_event_listener(ev::visibilitychange, move |_| line.on_visibility()),
            // A page that is left gives its stream to other tabs, and hears them no more: the browser would not keep a page
            // that letters come to. One that comes back from its memory opens both again.
            window_event_listener(ev::pagehide, move |_| {
                line.tell(ConnectionEvent::HiddenForLong);
                drop(line.parts.try_update_value(|parts| parts.tabs.take()));
            }),
            window_event_listener(ev::pageshow, move |_| line.tell(ConnectionEvent::RetryNow)),
        ];
        on_cleanup(move || {
            line.with_tabs(|tabs, _| tabs.leave());
            listeners.into_iter().for_each(WindowListenerHandle::remove);
        });
        line.open();
        if is_hidden() {
            line.rest_if_it_stays_hidden();
        }
        line
    }

    /// Says what happened, and does what is ordered.
    pub(crate) fn tell(self, happening: ConnectionEvent) {
        let Some(before) = self.state.connection.try_get_untracked() else {
            return;
        };
        if happening == ConnectionEvent::Ended(Ending::Gone) {
            self.state.forget_session();
        }
        let (after, order) = before.after(happening, random::fraction());
        if after != before {
            self.state.connection.set(after);
        }
        match order {
            Order::Nothing => {}
            Order::Open => self.open(),
            Order::Close => self.close(None),
            Order::PollAfter { ms } => {
                let wait = Timeout::new(ms, move || self.ask_snapshot(Self::hear_polled));
                self.parts.update_value(|parts| parts.wait = Some(wait));
            }
            Order::CloseAndWait { ms } => {
                self.close(Some(Timeout::new(ms, move || {
                    self.tell(ConnectionEvent::WaitOver);
                })));
            }
        }
    }

    pub(crate) fn open(self) {
        self.parts.update_value(|parts| {
            parts.heard_at = clock::elapsed_ms();
            parts.wait = None;
            parts.ticks = 0;
        });
        self.meet_tabs();
        if self.state.cursor.with_value(Option::is_none) {
            self.ask_snapshot(Self::hear_snapshot);
        } else if self.parts.with_value(|parts| parts.tabs.is_some()) {
            self.with_tabs(Tabs::lead);
        } else {
            self.open_stream();
        }
    }

    pub(crate) fn open_stream(self) {
        let Some(cursor) = self.state.cursor.get_value() else {
            return self.start_anew();
        };
        let audience = self.state.audience;
        let stream = self.state.code.with_value(|code| {
            Stream::open(code, audience, cursor, move |heard| {
                self.pass(&heard);
                self.hear(heard);
            })
        });
        let failed = stream.is_none();
        self.parts.update_value(|parts| {
            parts.stream = stream;
            parts.recent.get_or_insert_with(|| Recent::new(cursor));
        });
        if failed {
            self.tell(ConnectionEvent::Failed);
        }
    }

    fn close(self, wait: Option<Timeout>) {
        self.with_tabs(|tabs, _| tabs.leave());
        // Taken out first: what is dropped must not find the parts borrowed.
        let old = self.parts.try_update_value(|parts| {
            (
                parts.stream.take(),
                std::mem::replace(&mut parts.wait, wait),
            )
        });
        drop(old);
    }

    pub(crate) fn hear(self, heard: Heard) {
        if !self.state.is_there() {
            return;
        }
        self.parts
            .update_value(|parts| parts.heard_at = clock::elapsed_ms());
        if matches!(heard, Heard::Frame { .. } | Heard::Tick { .. }) && !self.is_live() {
            self.tell(ConnectionEvent::Opened);
            self.parts.update_value(|parts| parts.may_watch = false);
            submit::send_due(self.state);
        }
        match heard {
            Heard::Opened => {}
            Heard::Frame { id, json } => match (json::read(&json), id.parse()) {
                (Some(frame), Ok(cursor)) => {
                    self.parts.update_value(|parts| {
                        if let Some(recent) = &mut parts.recent {
                            recent.keep(cursor, json);
                        }
                    });
                    if self.state.take_frame(frame, cursor) {
                        self.start_anew();
                    }
                }
                (None, _) | (_, Err(_)) => self.start_anew(),
            },
            Heard::Tick { json } => {
                if let Some(Tick { now }) = json::read(&json) {
                    submit::learn_time(self.state, now);
                }
                let ticks = self.parts.try_update_value(|parts| {
                    parts.ticks += 1;
                    parts.ticks
                });
                if ticks == Some(2) {
                    self.tell(ConnectionEvent::Settled);
                }
            }
            Heard::SnapshotNeeded => self.start_anew(),
            Heard::StreamEnd { json } => match json::read::<StreamEnd>(&json) {
                Some(goodbye) if !goodbye.comes_back() => {
                    self.tell(ConnectionEvent::Ended(Ending::Gone));
                }
                Some(_) => self.tell(ConnectionEvent::Dismissed),
                None => self.tell(ConnectionEvent::Failed),
            },
            // What held it back has ended it, as proxies do after a time: that is no news.
            Heard::Failed if self.is_polling() => self.tell(ConnectionEvent::Dismissed),
            Heard::Failed => {
                let was_opening = matches!(
                    self.state.connection.get_untracked(),
                    Connection::Connecting { .. }
                );
                self.tell(ConnectionEvent::Failed);
                if was_opening && window().navigator().on_line() {
                    self.ask_whether_to_come_back();
                }
            }
        }
    }

    pub(crate) fn is_polling(self) -> bool {
        matches!(
            self.state.connection.try_get_untracked(),
            Some(Connection::Polling { .. })
        )
    }

    pub(crate) fn is_live(self) -> bool {
        matches!(
            self.state.connection.get_untracked(),
            Connection::Live { .. }
        )
    }

    fn awaits_event(self) -> bool {
        self.follows() || self.parts.with_value(|parts| parts.stream.is_some())
    }

    fn on_clock(self) {
        self.state.tell_time();
        self.with_tabs(Tabs::look);
        let silence = clock::elapsed_ms() - self.parts.with_value(|parts| parts.heard_at);
        match self.state.connection.get_untracked() {
            // Another tab is gone, not the server.
            Connection::Live { .. } | Connection::Polling { .. }
                if silence > SILENCE_MS && self.follows() =>
            {
                self.tell(ConnectionEvent::Dismissed);
            }
            Connection::Live { .. } if silence > SILENCE_MS => {
                self.pass(&Heard::Failed);
                self.tell(ConnectionEvent::Failed);
            }
            Connection::Connecting { .. } if silence > FIRST_EVENT_MS && self.awaits_event() => {
                self.tell(ConnectionEvent::Muted(Why::HeldBack));
            }
            Connection::Connecting { .. }
            | Connection::Live { .. }
            | Connection::Polling { .. }
            | Connection::Waiting { .. }
            | Connection::Resting
            | Connection::Ended(_) => {}
        }
    }

    fn rest_if_it_stays_hidden(self) {
        let hidden = Timeout::new(HIDDEN_MS, move || self.tell(ConnectionEvent::HiddenForLong));
        self.parts.update_value(|parts| parts.hidden = Some(hidden));
    }

    fn on_visibility(self) {
        self.with_tabs(|tabs, now| tabs.set_hidden(is_hidden(), now));
        if is_hidden() {
            self.rest_if_it_stays_hidden();
        } else {
            self.parts.update_value(|parts| parts.hidden = None);
            self.tell(ConnectionEvent::RetryNow);
        }
    }
}

pub(crate) fn is_hidden() -> bool {
    document().visibility_state() == VisibilityState::Hidden
}
