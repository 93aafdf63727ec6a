//! The states of a page's live stream, and its transitions. Pure: `stream_controller.rs` feeds it events and carries out
//! the effects.

use crate::live::calls::backoff;

#[cfg(test)]
mod tests;

/// The state of a page's live stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// The stream is being opened.
    Connecting {
        /// How many attempts came to nothing in a row. One that failed counts as `AWAY` at once, so the reader is warned
        /// immediately; being told to start over warns only from the second time on.
        failures: u32,
    },
    /// The stream is open.
    Live {
        /// As in `Connecting`: a stream that opens and fails at once must not reset the count.
        failures: u32,
    },
    /// No stream delivers anything: the page polls instead.
    Polling {
        /// Why it has to.
        why: Why,
        /// As in `Connecting`, until it gets an answer.
        failures: u32,
        /// How many answers it got.
        polls: u32,
    },
    /// The last attempt failed; the next one comes by itself.
    Waiting {
        /// As in `Connecting`.
        failures: u32,
    },
    /// The tab is hidden and has given up its stream.
    Resting,
    /// The stream does not come back.
    Ended(Ending),
}

/// From so many attempts in a row on that came to nothing, the reader is told that the page may be out of date.
const AWAY: u32 = 2;

/// Why a page polls instead of using a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The stream is open, as far as the browser knows, but nothing arrives: a proxy is buffering it.
    HeldBack,
    /// Other tabs of the browser keep as many streams open as it can handle.
    ManyTabs,
    /// The server answers, and opens no stream: it has as many as it can keep open.
    Refused,
}

/// Why a stream does not come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// This browser may not watch any more: its link was revoked.
    Revoked,
    /// The session is gone.
    Gone,
}

/// What happened to the stream, or around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionEvent {
    /// An event arrived in time. A response head alone means nothing, because the body can be buffered.
    Opened,
    /// The page has to poll instead.
    Muted(Why),
    /// The polled snapshot arrived.
    Polled,
    /// The stream has proved itself: it lived until the second heartbeat.
    Settled,
    /// It could not be opened, broke, or fell silent.
    Failed,
    /// It was told to reconnect, or what holds it back has ended it, as proxies do after a time: nothing failed.
    Dismissed,
    /// The wait is over.
    WaitOver,
    /// The network is back, the tab is visible again, or somebody requested an attempt.
    RetryNow,
    /// Somebody did something in the session: if it was gone, it may have been restored.
    SessionFound,
    /// The tab has been hidden for long.
    HiddenForLong,
    /// It was told that it won't come back.
    Ended(Ending),
}

/// What is to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Nothing,
    /// Open the stream.
    Open,
    /// Read a snapshot after this many milliseconds; leave the stream open.
    PollAfter {
        /// Milliseconds.
        ms: u32,
    },
    /// Close the stream, and report `WaitOver` after this many milliseconds.
    CloseAndWait {
        /// Milliseconds.
        ms: u32,
    },
    /// Close the stream.
    Close,
    /// Close the stream, and go on polling.
    CloseBeside,
}

/// What the stream brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Changes, which don't say when they were sent.
    Frame,
    /// The server's time, so many milliseconds after it was sent.
    Tick {
        /// Milliseconds.
        late_ms: i64,
    },
}

/// How late something may arrive that comes through, in milliseconds.
const LATE_MS: i64 = 5_000;

impl Connection {
    /// The initial state.
    pub const START: Self = Self::Connecting { failures: 0 };

    /// The next state, and the effect to carry out. `random` (at least 0, less than 1) decides how long to wait.
    pub fn transition(self, event: ConnectionEvent, random: f64) -> (Self, Effect) {
        match (self, event) {
            (Self::Ended(Ending::Gone), ConnectionEvent::SessionFound) => {
                (Self::START, Effect::Open)
            }
            (Self::Ended(_), _) | (_, ConnectionEvent::SessionFound) => (self, Effect::Nothing),
            (_, ConnectionEvent::Ended(ending)) => (Self::Ended(ending), Effect::Close),
            (
                Self::Connecting { failures }
                | Self::Live { failures }
                | Self::Polling { failures, .. },
                ConnectionEvent::Failed,
            ) => Self::wait(failures.saturating_add(1).max(AWAY), random),
            // Before anything was heard of the stream: a page could be told so for ever, by processes that don't agree.
            (Self::Connecting { failures }, ConnectionEvent::Dismissed) => {
                Self::wait(failures.saturating_add(1), random)
            }
            // It asks for another one with the next poll: what is said of it stays.
            (
                Self::Polling {
                    why: Why::HeldBack | Why::Refused,
                    ..
                },
                ConnectionEvent::Dismissed,
            ) => (self, Effect::CloseBeside),
            (
                Self::Live { failures } | Self::Polling { failures, .. },
                ConnectionEvent::Dismissed,
            ) => Self::wait(failures, random),
            (
                Self::Connecting { failures } | Self::Polling { failures, .. },
                ConnectionEvent::Opened,
            ) => (Self::Live { failures }, Effect::Nothing),
            // The answer to `check_access`, which was asked after an earlier stream had failed.
            (Self::Live { .. }, ConnectionEvent::Muted(Why::Refused)) => (self, Effect::Nothing),
            (
                Self::Connecting { failures } | Self::Live { failures },
                ConnectionEvent::Muted(why),
            )
            | (Self::Waiting { failures }, ConnectionEvent::Muted(why @ Why::Refused)) => (
                Self::Polling {
                    why,
                    failures,
                    polls: 0,
                },
                Effect::PollAfter { ms: 0 },
            ),
            (Self::Polling { why, polls, .. }, ConnectionEvent::Polled) => {
                let polls = polls.saturating_add(1);
                let ms = poll_ms(polls);
                (
                    Self::Polling {
                        why,
                        failures: 0,
                        polls,
                    },
                    Effect::PollAfter { ms },
                )
            }
            (
                Self::Polling {
                    failures, polls, ..
                },
                ConnectionEvent::Muted(why),
            ) => (
                Self::Polling {
                    why,
                    failures,
                    polls,
                },
                Effect::Nothing,
            ),
            // Something was done: what came of it is to be seen.
            (
                Self::Polling {
                    why,
                    failures,
                    polls,
                },
                ConnectionEvent::RetryNow,
            ) => (
                Self::Polling {
                    why,
                    failures,
                    // What is said from the second on stays.
                    polls: polls.min(2),
                },
                Effect::PollAfter { ms: 0 },
            ),
            (Self::Live { .. }, ConnectionEvent::Settled) => {
                (Self::Live { failures: 0 }, Effect::Nothing)
            }
            (Self::Waiting { failures }, ConnectionEvent::WaitOver | ConnectionEvent::RetryNow) => {
                (Self::Connecting { failures }, Effect::Open)
            }
            (Self::Resting, ConnectionEvent::RetryNow) => (Self::START, Effect::Open),
            (
                Self::Connecting { .. }
                | Self::Live { .. }
                | Self::Polling { .. }
                | Self::Waiting { .. },
                ConnectionEvent::HiddenForLong,
            ) => (Self::Resting, Effect::Close),
            // Late news of a stream that is closed already, and retries of one that needs none.
            (
                Self::Connecting { .. },
                ConnectionEvent::Polled
                | ConnectionEvent::Settled
                | ConnectionEvent::WaitOver
                | ConnectionEvent::RetryNow,
            )
            | (
                Self::Live { .. },
                ConnectionEvent::Opened
                | ConnectionEvent::Polled
                | ConnectionEvent::WaitOver
                | ConnectionEvent::RetryNow,
            )
            | (Self::Polling { .. }, ConnectionEvent::Settled | ConnectionEvent::WaitOver)
            | (
                Self::Waiting { .. },
                ConnectionEvent::Opened
                | ConnectionEvent::Muted(Why::HeldBack | Why::ManyTabs)
                | ConnectionEvent::Polled
                | ConnectionEvent::Settled
                | ConnectionEvent::Failed
                | ConnectionEvent::Dismissed,
            )
            | (
                Self::Resting,
                ConnectionEvent::Opened
                | ConnectionEvent::Muted(_)
                | ConnectionEvent::Polled
                | ConnectionEvent::Settled
                | ConnectionEvent::Failed
                | ConnectionEvent::Dismissed
                | ConnectionEvent::WaitOver
                | ConnectionEvent::HiddenForLong,
            ) => (self, Effect::Nothing),
        }
    }

    /// Waits, for longer the more attempts came to nothing. The pauses after the first and the second are equally long.
    fn wait(failures: u32, random: f64) -> (Self, Effect) {
        let ms = backoff::delay_ms(failures.saturating_sub(1), random);
        (Self::Waiting { failures }, Effect::CloseAndWait { ms })
    }

    /// What it means that the stream brought something. A proxy may collect events until it has enough of them: then the page
    /// must not count as live.
    pub fn on_arrival(self, arrival: Arrival) -> Option<ConnectionEvent> {
        match (self, arrival) {
            (_, Arrival::Tick { late_ms: LATE_MS.. }) => {
                Some(ConnectionEvent::Muted(Why::HeldBack))
            }
            (Self::Live { .. }, _)
            | (
                Self::Polling {
                    why: Why::HeldBack, ..
                },
                Arrival::Frame,
            ) => None,
            (_, Arrival::Frame | Arrival::Tick { .. }) => Some(ConnectionEvent::Opened),
        }
    }

    /// Whether it asks for a stream again while it polls.
    pub fn asks_beside_polling(self) -> bool {
        matches!(
            self,
            Self::Polling {
                why: Why::HeldBack | Why::Refused,
                ..
            }
        )
    }

    /// Whether the page hears of the server, by its stream or by asking.
    pub fn hears(self) -> bool {
        match self {
            Self::Live { .. } => true,
            Self::Polling {
                failures, polls, ..
            } => failures == 0 && polls > 0,
            Self::Connecting { .. } | Self::Waiting { .. } | Self::Resting | Self::Ended(_) => {
                false
            }
        }
    }

    /// Whether an attempt has failed, or more than one came to nothing, so that the reader should know that the page may be out
    /// of date.
    pub fn is_away(self) -> bool {
        match self {
            Self::Waiting { failures }
            | Self::Connecting { failures }
            | Self::Polling { failures, .. } => failures >= AWAY,
            Self::Live { .. } | Self::Resting | Self::Ended(_) => false,
        }
    }
}

/// The pause between two questions at first, in milliseconds.
const POLL_MS: u32 = 3_000;
/// The longest pause between two questions, in milliseconds.
const LONGEST_POLL_MS: u32 = 15_000;

/// Milliseconds until the next poll, after this many: a third more each time.
fn poll_ms(polls: u32) -> u32 {
    let grown = (1..polls.min(16)).fold(POLL_MS, |ms, _| ms.saturating_add(ms / 3));
    grown.min(LONGEST_POLL_MS)
}
