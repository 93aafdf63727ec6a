//! The states of a page's live stream, and what moves it from one to the next. Pure: `line.rs` tells it what happened and
//! does what it orders.

use super::retry;

/// How a page stands with the live stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// The stream is being opened.
    Connecting {
        /// How many attempts failed in a row.
        failures: u32,
    },
    /// The stream is open.
    Live {
        /// How many attempts had failed before. A stream that opens and breaks at once must not start counting anew.
        failures: u32,
    },
    /// No stream brings anything: the page asks instead.
    Polling {
        /// Why it has to.
        why: Why,
        /// How many attempts failed in a row before it got an answer.
        failures: u32,
        /// How many answers it got.
        polls: u32,
    },
    /// The last attempt failed; the next one comes by itself.
    Waiting {
        /// How many attempts failed in a row.
        failures: u32,
    },
    /// The tab is hidden and gave its stream back.
    Resting,
    /// The stream does not come back.
    Ended(Ending),
}

/// Why a page asks instead of hearing a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The stream is open, as far as the browser knows, and nothing comes: a proxy holds it back.
    HeldBack,
    /// Other tabs of the browser keep as many streams open as it can carry.
    ManyTabs,
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
pub enum Happening {
    /// The first event came. That the server accepted the stream says nothing: what is behind a head can be held back.
    Opened,
    /// The page has to ask instead.
    Muted(Why),
    /// What the page asked for came.
    Polled,
    /// The stream has proved itself: it lived until the second heartbeat.
    Settled,
    /// It could not be opened, broke, or fell silent.
    Failed,
    /// It was told to come back: nothing failed.
    Dismissed,
    /// The wait is over.
    WaitOver,
    /// The network is back, the tab is visible again, or somebody asked for an attempt.
    Nudged,
    /// The tab has been hidden for long.
    HiddenForLong,
    /// It was told that it won't come back.
    Ended(Ending),
}

/// What is to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Nothing.
    Nothing,
    /// Open the stream.
    Open,
    /// Read a snapshot after so many milliseconds; leave the stream open.
    PollAfter {
        /// Milliseconds.
        ms: u32,
    },
    /// Close the stream, and say `WaitOver` after so many milliseconds.
    CloseAndWait {
        /// Milliseconds.
        ms: u32,
    },
    /// Close the stream.
    Close,
}

impl Connection {
    /// How a page begins.
    pub const START: Self = Self::Connecting { failures: 0 };

    /// The next state, and what is to be done. `random` (at least 0, less than 1) decides how long to wait.
    pub fn after(self, happening: Happening, random: f64) -> (Self, Order) {
        match (self, happening) {
            (Self::Ended(_), _) => (self, Order::Nothing),
            (_, Happening::Ended(ending)) => (Self::Ended(ending), Order::Close),
            (
                Self::Connecting { failures }
                | Self::Live { failures }
                | Self::Polling { failures, .. },
                Happening::Failed,
            ) => {
                let failures = failures.saturating_add(1);
                let ms = retry::delay_ms(failures, random);
                (Self::Waiting { failures }, Order::CloseAndWait { ms })
            }
            (
                Self::Connecting { .. } | Self::Live { .. } | Self::Polling { .. },
                Happening::Dismissed,
            ) => {
                let ms = retry::delay_ms(1, random);
                (Self::Waiting { failures: 0 }, Order::CloseAndWait { ms })
            }
            (Self::Connecting { failures } | Self::Polling { failures, .. }, Happening::Opened) => {
                (Self::Live { failures }, Order::Nothing)
            }
            (Self::Connecting { failures } | Self::Live { failures }, Happening::Muted(why)) => (
                Self::Polling {
                    why,
                    failures,
                    polls: 0,
                },
                Order::PollAfter { ms: 0 },
            ),
            (Self::Polling { why, polls, .. }, Happening::Polled) => {
                let polls = polls.saturating_add(1);
                let ms = poll_ms(polls);
                (
                    Self::Polling {
                        why,
                        failures: 0,
                        polls,
                    },
                    Order::PollAfter { ms },
                )
            }
            (
                Self::Polling {
                    failures, polls, ..
                },
                Happening::Muted(why),
            ) => (
                Self::Polling {
                    why,
                    failures,
                    polls,
                },
                Order::Nothing,
            ),
            // Something was done: what came of it is to be seen.
            (
                Self::Polling {
                    why,
                    failures,
                    polls,
                },
                Happening::Nudged,
            ) => (
                Self::Polling {
                    why,
                    failures,
                    polls: polls.min(1),
                },
                Order::PollAfter { ms: 0 },
            ),
            (Self::Live { .. }, Happening::Settled) => (Self::Live { failures: 0 }, Order::Nothing),
            (Self::Waiting { failures }, Happening::WaitOver | Happening::Nudged) => {
                (Self::Connecting { failures }, Order::Open)
            }
            (Self::Resting, Happening::Nudged) => (Self::START, Order::Open),
            (
                Self::Connecting { .. }
                | Self::Live { .. }
                | Self::Polling { .. }
                | Self::Waiting { .. },
                Happening::HiddenForLong,
            ) => (Self::Resting, Order::Close),
            // Late news of a stream that is closed already, and nudges to one that needs none.
            (
                Self::Connecting { .. },
                Happening::Polled | Happening::Settled | Happening::WaitOver | Happening::Nudged,
            )
            | (
                Self::Live { .. },
                Happening::Opened | Happening::Polled | Happening::WaitOver | Happening::Nudged,
            )
            | (Self::Polling { .. }, Happening::Settled | Happening::WaitOver)
            | (
                Self::Waiting { .. },
                Happening::Opened
                | Happening::Muted(_)
                | Happening::Polled
                | Happening::Settled
                | Happening::Failed
                | Happening::Dismissed,
            )
            | (
                Self::Resting,
                Happening::Opened
                | Happening::Muted(_)
                | Happening::Polled
                | Happening::Settled
                | Happening::Failed
                | Happening::Dismissed
                | Happening::WaitOver
                | Happening::HiddenForLong,
            ) => (self, Order::Nothing),
        }
    }

    /// Whether attempts have failed, so that a reader should know: what the page shows may be old.
    pub fn is_away(self) -> bool {
        match self {
            Self::Waiting { failures }
            | Self::Connecting { failures }
            | Self::Polling { failures, .. } => failures > 0,
            Self::Live { .. } | Self::Resting | Self::Ended(_) => false,
        }
    }
}

/// The pause between two questions at first, in milliseconds.
const POLL_MS: u32 = 3_000;
/// The longest pause between two questions, in milliseconds.
const LONGEST_POLL_MS: u32 = 15_000;

/// Milliseconds until a page asks again, which it has done so often: a third more each time.
fn poll_ms(polls: u32) -> u32 {
    let grown = (1..polls.min(16)).fold(POLL_MS, |ms, _| ms.saturating_add(ms / 3));
    grown.min(LONGEST_POLL_MS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn happening() -> impl Strategy<Value = Happening> {
        proptest::sample::select(vec![
            Happening::Opened,
            Happening::Muted(Why::HeldBack),
            Happening::Muted(Why::ManyTabs),
            Happening::Polled,
            Happening::Settled,
            Happening::Failed,
            Happening::Dismissed,
            Happening::WaitOver,
            Happening::Nudged,
            Happening::HiddenForLong,
        ])
    }

    #[test]
    fn a_stream_that_breaks_waits_and_opens_again() {
        let (waiting, order) = Connection::Live { failures: 0 }.after(Happening::Failed, 0.5);
        assert_eq!(waiting, Connection::Waiting { failures: 1 });
        assert_eq!(order, Order::CloseAndWait { ms: 500 });
        let (connecting, order) = waiting.after(Happening::WaitOver, 0.5);
        assert_eq!(connecting, Connection::Connecting { failures: 1 });
        assert_eq!(order, Order::Open);
    }

    #[test]
    fn a_stream_that_opens_and_breaks_at_once_waits_longer_each_time() {
        let mut connection = Connection::START;
        let mut waits = Vec::new();
        for _ in 0..4 {
            connection = connection.after(Happening::Opened, 1.0).0;
            let (waiting, order) = connection.after(Happening::Failed, 1.0);
            waits.push(order);
            connection = waiting.after(Happening::WaitOver, 1.0).0;
        }
        let expected = [1_000, 2_000, 4_000, 8_000].map(|ms| Order::CloseAndWait { ms });
        assert_eq!(waits, expected);
    }

    #[test]
    fn a_settled_stream_starts_counting_anew() {
        let live = Connection::Live { failures: 7 };
        let (settled, _) = live.after(Happening::Settled, 0.0);
        assert_eq!(settled, Connection::Live { failures: 0 });
    }

    #[test]
    fn a_hidden_tab_gives_its_stream_back_until_it_is_seen_again() {
        let (resting, order) =
            Connection::Live { failures: 0 }.after(Happening::HiddenForLong, 0.0);
        assert_eq!((resting, order), (Connection::Resting, Order::Close));
        let (connecting, order) = resting.after(Happening::Nudged, 0.0);
        assert_eq!((connecting, order), (Connection::START, Order::Open));
    }

    #[test]
    fn the_network_coming_back_ends_the_wait() {
        let waiting = Connection::Waiting { failures: 9 };
        assert_eq!(waiting.after(Happening::Nudged, 0.0).1, Order::Open);
    }

    #[test]
    fn a_page_that_is_told_to_come_back_does_not_say_that_the_server_is_away() {
        let live = Connection::Live { failures: 0 };
        let (waiting, order) = live.after(Happening::Dismissed, 0.5);
        assert_eq!(order, Order::CloseAndWait { ms: 500 });
        assert!(!waiting.is_away());
        let (connecting, order) = waiting.after(Happening::WaitOver, 0.0);
        assert_eq!(order, Order::Open);
        assert!(!connecting.is_away());
        assert!(connecting.after(Happening::Failed, 0.0).0.is_away());
    }

    #[test]
    fn a_page_whose_stream_is_held_back_asks_ever_more_seldom_until_something_comes() {
        let (mut connection, order) = Connection::START.after(Happening::Muted(Why::HeldBack), 0.5);
        assert_eq!(order, Order::PollAfter { ms: 0 });
        assert!(!connection.is_away());
        let mut pauses = Vec::new();
        for _ in 0..9 {
            let (next, order) = connection.after(Happening::Polled, 0.5);
            pauses.push(order);
            connection = next;
        }
        assert_eq!(pauses[0], Order::PollAfter { ms: 3_000 });
        assert_eq!(pauses[8], Order::PollAfter { ms: 15_000 });
        let (nudged, order) = connection.after(Happening::Nudged, 0.5);
        assert_eq!(order, Order::PollAfter { ms: 0 });
        let (live, order) = nudged.after(Happening::Opened, 0.5);
        assert_eq!(
            (live, order),
            (Connection::Live { failures: 0 }, Order::Nothing)
        );
    }

    #[test]
    fn a_held_stream_that_a_proxy_ends_is_no_alarm_and_a_question_without_answer_is() {
        let polling = Connection::Polling {
            why: Why::HeldBack,
            failures: 0,
            polls: 4,
        };
        let (waiting, _) = polling.after(Happening::Dismissed, 0.5);
        assert!(!waiting.is_away());
        let (waiting, _) = polling.after(Happening::Failed, 0.5);
        assert!(waiting.is_away());
    }

    #[test]
    fn a_line_that_answers_nothing_is_away_also_while_the_page_asks_and_is_tried_ever_more_seldom()
    {
        let mut connection = Connection::START;
        let mut waits = Vec::new();
        for _ in 0..4 {
            connection = connection.after(Happening::Muted(Why::HeldBack), 1.0).0;
            let (waiting, order) = connection.after(Happening::Failed, 1.0);
            waits.push(order);
            assert!(waiting.is_away());
            connection = waiting.after(Happening::WaitOver, 1.0).0;
            assert!(
                connection
                    .after(Happening::Muted(Why::HeldBack), 1.0)
                    .0
                    .is_away()
            );
        }
        let expected = [1_000, 2_000, 4_000, 8_000].map(|ms| Order::CloseAndWait { ms });
        assert_eq!(waits, expected);
    }

    proptest! {
        #[test]
        fn no_page_asks_more_often_than_every_three_seconds_by_itself(polls: u32) {
            prop_assert!((POLL_MS..=LONGEST_POLL_MS).contains(&poll_ms(polls)));
        }

        #[test]
        fn an_ended_stream_stays_ended(happenings in proptest::collection::vec(happening(), 0..20)) {
            let ended = Connection::Ended(Ending::Revoked);
            for happening in happenings {
                prop_assert_eq!(ended.after(happening, 0.5), (ended, Order::Nothing));
            }
        }

        /// At most one stream is open or being opened: nothing opens one while there is one.
        #[test]
        fn no_second_stream_is_opened(happenings in proptest::collection::vec(happening(), 0..60)) {
            let mut connection = Connection::START;
            let mut open = true;
            for happening in happenings {
                let (next, order) = connection.after(happening, 0.5);
                match order {
                    Order::Open => {
                        prop_assert!(!open);
                        open = true;
                    }
                    Order::Close | Order::CloseAndWait { .. } => open = false,
                    Order::Nothing | Order::PollAfter { .. } => {}
                }
                connection = next;
            }
        }
    }
}
