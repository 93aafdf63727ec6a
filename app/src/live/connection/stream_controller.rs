//! Keeps the live stream open: feeds events to the connection's state machine and carries out its effects; `tabs/relay.rs`
//! does so for the election among the browser's tabs. Browser only.

use gloo_timers::callback::{Interval, Timeout};
use leptos::ev;
use web_sys::VisibilityState;

use super::{
    event_source::{Stream, StreamEvent},
    state_machine::{Arrival, Connection, ConnectionEvent, Effect, Ending, Why},
};
use crate::{
    domain::{
        change::{Frame, StreamEnd, Tick},
        code::Code,
        revision::Cursor,
    },
    json,
    live::{
        browser::{broadcast_channel::Channel, random},
        calls::latest::LatestCall,
        clock,
        page::state::State,
        press::submit,
        signals::*,
        tabs::{
            leader_election::{LeaderElection, SILENCE_MS},
            recent_frames::RecentFrames,
        },
    },
};

/// How often the page's clock is updated, in milliseconds: often enough that no second is skipped.
const CLOCK_MS: u32 = 500;

/// How long a tab must be hidden before it gives up its stream, in milliseconds.
const HIDDEN_MS: u32 = 30_000;

/// An open stream sends its first event at once: how long to wait for it before the stream counts as buffered, in
/// milliseconds.
const FIRST_EVENT_MS: f64 = 5_000.0;

/// Keeps a page's live stream open.
#[derive(Clone, Copy)]
pub(crate) struct StreamController {
    pub(crate) state: State,
    pub(crate) parts: LocalValue<Parts>,
}

/// Dropped, and thereby closed and cancelled, when the page is left.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) stream: Option<Stream>,
    /// The frames that were heard and are not merged yet, in order.
    pub(super) unread: Vec<(Frame, Cursor)>,
    /// What will merge them.
    pub(super) merging: Option<Timeout>,
    /// How long it took to merge the last ones and to show what they brought, in milliseconds.
    pub(super) merged_within_ms: f64,
    /// The last frames that were heard, in order.
    pub(crate) recent: Option<RecentFrames>,
    /// The other tabs of this browser, and the channel to them; `None` if the browser doesn't support one.
    pub(crate) tabs: Option<(LeaderElection, Channel)>,
    wait: Option<Timeout>,
    hidden: Option<Timeout>,
    clock: Option<Interval>,
    /// Which of the snapshots that were asked for counts.
    pub(crate) snapshots: LatestCall,
    /// Whether moments that are pending are being asked for.
    pub(super) asks_for_moments: bool,
    /// How often that was done since a frame came with moments.
    pub(super) moment_attempts: u32,
    /// How many heartbeats the open stream has sent.
    ticks: u32,
    /// When something was last heard of it.
    heard_at: f64,
}

impl StreamController {
    /// Opens the stream, and listens to what happens around it, until the effect that calls this is cleaned up.
    pub(crate) fn establish(state: State) -> Self {
        let controller = Self {
            state,
            parts: StoredValue::new_local(Parts::default()),
        };
        let clock = Interval::new(CLOCK_MS, move || controller.on_clock());
        controller
            .parts
            .update_value(|parts| parts.clock = Some(clock));
        let listeners = [
            window_event_listener(ev::online, move |_| {
                // A hidden tab that gave up its stream doesn't reopen it because the network is back.
                if !is_hidden() {
                    controller.dispatch(ConnectionEvent::RetryNow);
                }
                submit::send_due(state);
            }),
            window_event_listener(ev::offline, move |_| {
                controller.dispatch(ConnectionEvent::Failed)
            }),
            // It happens to the document, and bubbles.
            window_event_listener(ev::visibilitychange, move |_| controller.on_visibility()),
            // A page that is left gives its stream to other tabs, and stops listening to them: the browser would not cache
            // a page that receives messages. One that is restored from the cache opens both again.
            window_event_listener(ev::pagehide, move |_| {
                controller.dispatch(ConnectionEvent::HiddenForLong);
                drop(controller.parts.try_update_value(|parts| parts.tabs.take()));
            }),
            window_event_listener(ev::pageshow, move |_| {
                controller.dispatch(ConnectionEvent::RetryNow);
                // Its stream may not come through.
                controller.send_kept();
            }),
        ];
        on_cleanup(move || {
            controller.with_tabs(|tabs, _| tabs.leave());
            listeners.into_iter().for_each(WindowListenerHandle::remove);
        });
        controller.open();
        if is_hidden() {
            controller.rest_if_it_stays_hidden();
        }
        controller
    }

    /// The session's code.
    pub(crate) fn code(self) -> Code {
        self.state.code.get_value()
    }

    /// Where the live stream continues; `None` if a new snapshot is needed first.
    pub(crate) fn cursor(self) -> Option<Cursor> {
        self.state.cursor.get_value()
    }

    /// Looks at the parts, or changes them; does nothing after the page was left.
    pub(crate) fn with_parts<R>(self, act: impl FnOnce(&mut Parts) -> R) -> Option<R> {
        self.parts.try_update_value(act)
    }

    /// Feeds an event to the state machine, and carries out its effect.
    pub(crate) fn dispatch(self, event: ConnectionEvent) {
        let Some(before) = self.state.connection.try_get_untracked() else {
            return;
        };
        let (after, effect) = before.transition(event, random::fraction());
        if after != before {
            self.state.connection.set(after);
        }
        match effect {
            Effect::Nothing => {}
            Effect::Open => self.open(),
            Effect::Close => self.close(None),
            Effect::CloseBeside => self.close_stream(),
            Effect::PollAfter { ms } => {
                let wait = Timeout::new(ms, move || self.request_snapshot(Self::on_polled));
                self.parts.update_value(|parts| parts.wait = Some(wait));
            }
            Effect::CloseAndWait { ms } => {
                self.close(Some(Timeout::new(ms, move || {
                    self.dispatch(ConnectionEvent::WaitOver);
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
            self.request_snapshot(Self::on_snapshot);
        } else if self.parts.with_value(|parts| parts.tabs.is_some()) {
            self.with_tabs(LeaderElection::lead);
        } else {
            self.open_stream();
        }
    }

    pub(crate) fn open_stream(self) {
        self.merge_unread();
        let Some(cursor) = self.cursor() else {
            return self.resync(ConnectionEvent::Failed);
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
            parts
                .recent
                .get_or_insert_with(|| RecentFrames::new(cursor));
        });
        if failed {
            self.dispatch(ConnectionEvent::Failed);
        }
    }

    fn close(self, wait: Option<Timeout>) {
        self.close_stream();
        // Taken out first: what is dropped must not find the parts borrowed.
        let old = self.with_parts(|parts| std::mem::replace(&mut parts.wait, wait));
        drop(old);
    }

    fn close_stream(self) {
        self.with_tabs(|tabs, _| tabs.leave());
        let old = self.with_parts(|parts| parts.stream.take());
        drop(old);
    }

    pub(crate) fn hear(self, heard: StreamEvent) {
        if !self.state.is_there() {
            return;
        }
        self.parts
            .update_value(|parts| parts.heard_at = clock::elapsed_ms());
        match heard {
            StreamEvent::Opened => {}
            StreamEvent::Frame { id, json } => {
                self.on_arrival(Arrival::Frame);
                match (json::read::<Frame>(&json), id.parse()) {
                    (Some(frame), Ok(cursor)) => {
                        self.parts.update_value(|parts| {
                            if let Some(recent) = &mut parts.recent {
                                recent.keep(cursor, json);
                            }
                        });
                        self.collect(frame, cursor);
                    }
                    (None, _) | (_, Err(_)) => self.resync(ConnectionEvent::Failed),
                }
            }
            StreamEvent::Tick { json } => {
                let late_ms = json::read(&json).map_or(0, |Tick { now }| {
                    submit::learn_time(self.state, now);
                    (self.state.read_clock().time - now).num_milliseconds()
                });
                self.on_arrival(Arrival::Tick { late_ms });
                let ticks = self.parts.try_update_value(|parts| {
                    parts.ticks += 1;
                    parts.ticks
                });
                if ticks == Some(2) {
                    self.dispatch(ConnectionEvent::Settled);
                }
            }
            StreamEvent::Presence { json } => self.state.presence.set(Some(json)),
            StreamEvent::SnapshotNeeded => self.resync(ConnectionEvent::Dismissed),
            StreamEvent::StreamEnd { json } => match json::read::<StreamEnd>(&json) {
                Some(goodbye) if !goodbye.comes_back() => {
                    self.dispatch(ConnectionEvent::Ended(Ending::Gone));
                }
                Some(_) => self.dispatch(ConnectionEvent::Dismissed),
                None => self.dispatch(ConnectionEvent::Failed),
            },
            StreamEvent::Failed if self.is_polling() => self.dispatch(ConnectionEvent::Dismissed),
            StreamEvent::Failed => {
                let was_opening = matches!(
                    self.state.connection.get_untracked(),
                    Connection::Connecting { .. }
                );
                self.dispatch(ConnectionEvent::Failed);
                if was_opening && window().navigator().on_line() {
                    self.check_access();
                }
            }
        }
    }

    /// The stream brought something.
    fn on_arrival(self, arrival: Arrival) {
        let event = self.state.connection.get_untracked().on_arrival(arrival);
        event.into_iter().for_each(|event| self.dispatch(event));
        if event == Some(ConnectionEvent::Opened) {
            self.fetch_pending_moments();
            self.send_kept();
        }
    }

    /// Sends what waits, also what another page of the session has kept meanwhile.
    pub(super) fn send_kept(self) {
        submit::restore_kept(self.state);
        submit::send_due(self.state);
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

    pub(super) fn awaits_event(self) -> bool {
        self.follows() || self.parts.with_value(|parts| parts.stream.is_some())
    }

    fn on_clock(self) {
        self.state.tell_time();
        self.with_tabs(LeaderElection::look);
        let silence = clock::elapsed_ms() - self.parts.with_value(|parts| parts.heard_at);
        match self.state.connection.get_untracked() {
            // Another tab is gone, not the server.
            Connection::Live { .. } if silence > SILENCE_MS && self.follows() => {
                self.dispatch(ConnectionEvent::Dismissed);
            }
            // The same, or the connection over which the stream was asked for has died unnoticed: others may come through by now.
            Connection::Polling { .. } if silence > SILENCE_MS && self.awaits_event() => {
                self.dispatch(ConnectionEvent::Dismissed);
            }
            Connection::Live { .. } if silence > SILENCE_MS => {
                self.pass(&StreamEvent::Failed);
                self.dispatch(ConnectionEvent::Failed);
            }
            Connection::Connecting { .. } if silence > FIRST_EVENT_MS && self.awaits_event() => {
                self.dispatch(ConnectionEvent::Muted(Why::HeldBack));
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
        let hidden = Timeout::new(HIDDEN_MS, move || {
            self.dispatch(ConnectionEvent::HiddenForLong)
        });
        self.parts.update_value(|parts| parts.hidden = Some(hidden));
    }

    fn on_visibility(self) {
        self.with_tabs(|tabs, now| tabs.set_hidden(is_hidden(), now));
        if is_hidden() {
            self.rest_if_it_stays_hidden();
        } else {
            self.parts.update_value(|parts| parts.hidden = None);
            self.dispatch(ConnectionEvent::RetryNow);
        }
    }
}

pub(crate) fn is_hidden() -> bool {
    document().visibility_state() == VisibilityState::Hidden
}
