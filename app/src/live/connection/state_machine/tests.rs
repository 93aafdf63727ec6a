//! The connection: its effects, whatever happens.

use proptest::prelude::*;

use super::*;

fn any_event() -> impl Strategy<Value = ConnectionEvent> {
    proptest::sample::select(vec![
        ConnectionEvent::Opened,
        ConnectionEvent::Muted(Why::HeldBack),
        ConnectionEvent::Muted(Why::ManyTabs),
        ConnectionEvent::Muted(Why::Refused),
        ConnectionEvent::Polled,
        ConnectionEvent::Settled,
        ConnectionEvent::Failed,
        ConnectionEvent::Dismissed,
        ConnectionEvent::WaitOver,
        ConnectionEvent::RetryNow,
        ConnectionEvent::SessionFound,
        ConnectionEvent::HiddenForLong,
    ])
}

#[test]
fn a_stream_that_breaks_waits_and_opens_again() {
    let (waiting, effect) =
        Connection::Live { failures: 0 }.transition(ConnectionEvent::Failed, 0.5);
    assert_eq!(waiting, Connection::Waiting { failures: 2 });
    assert_eq!(effect, Effect::CloseAndWait { ms: 500 });
    let (connecting, effect) = waiting.transition(ConnectionEvent::WaitOver, 0.5);
    assert_eq!(connecting, Connection::Connecting { failures: 2 });
    assert_eq!(effect, Effect::Open);
}

#[test]
fn a_stream_that_opens_and_breaks_at_once_waits_longer_each_time() {
    let mut connection = Connection::START;
    let mut waits = Vec::new();
    for _ in 0..4 {
        connection = connection.transition(ConnectionEvent::Opened, 1.0).0;
        let (waiting, effect) = connection.transition(ConnectionEvent::Failed, 1.0);
        waits.push(effect);
        connection = waiting.transition(ConnectionEvent::WaitOver, 1.0).0;
    }
    let expected = [1_000, 2_000, 4_000, 8_000].map(|ms| Effect::CloseAndWait { ms });
    assert_eq!(waits, expected);
}

#[test]
fn a_settled_stream_starts_counting_anew() {
    let live = Connection::Live { failures: 7 };
    let (settled, _) = live.transition(ConnectionEvent::Settled, 0.0);
    assert_eq!(settled, Connection::Live { failures: 0 });
}

#[test]
fn a_hidden_tab_gives_its_stream_back_until_it_is_seen_again() {
    let (resting, effect) =
        Connection::Live { failures: 0 }.transition(ConnectionEvent::HiddenForLong, 0.0);
    assert_eq!((resting, effect), (Connection::Resting, Effect::Close));
    let (connecting, effect) = resting.transition(ConnectionEvent::RetryNow, 0.0);
    assert_eq!((connecting, effect), (Connection::START, Effect::Open));
}

#[test]
fn a_session_that_was_restored_is_followed_again_once_something_worked_in_it() {
    let gone = Connection::Ended(Ending::Gone);
    for event in [ConnectionEvent::RetryNow, ConnectionEvent::Opened] {
        assert_eq!(gone.transition(event, 0.0), (gone, Effect::Nothing));
    }
    let found = gone.transition(ConnectionEvent::SessionFound, 0.0);
    assert_eq!(found, (Connection::START, Effect::Open));
}

#[test]
fn the_network_coming_back_ends_the_wait() {
    let waiting = Connection::Waiting { failures: 9 };
    assert_eq!(
        waiting.transition(ConnectionEvent::RetryNow, 0.0).1,
        Effect::Open
    );
}

#[test]
fn a_page_that_is_told_to_come_back_does_not_say_that_the_server_is_away() {
    let live = Connection::Live { failures: 0 };
    let (waiting, effect) = live.transition(ConnectionEvent::Dismissed, 0.5);
    assert_eq!(effect, Effect::CloseAndWait { ms: 500 });
    assert!(live.hears() && !waiting.hears() && !waiting.is_away());
    let (connecting, effect) = waiting.transition(ConnectionEvent::WaitOver, 0.0);
    assert_eq!(effect, Effect::Open);
    assert!(!connecting.is_away());
    assert!(
        connecting
            .transition(ConnectionEvent::Failed, 0.0)
            .0
            .is_away()
    );
}

#[test]
fn a_page_that_is_told_to_start_over_at_every_attempt_says_so_and_waits_longer_each_time() {
    let mut connection = Connection::START;
    let (mut waits, mut alarms) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let (waiting, effect) = connection.transition(ConnectionEvent::Dismissed, 1.0);
        waits.push(effect);
        alarms.push(waiting.is_away());
        connection = waiting.transition(ConnectionEvent::WaitOver, 1.0).0;
        assert_eq!(connection.is_away(), waiting.is_away());
    }
    assert_eq!(alarms, [false, true, true, true, true]);
    let expected = [1_000, 1_000, 2_000, 4_000, 8_000].map(|ms| Effect::CloseAndWait { ms });
    assert_eq!(waits, expected);
}

#[test]
fn a_page_whose_stream_is_held_back_asks_ever_more_seldom_until_something_comes() {
    let (mut connection, effect) =
        Connection::START.transition(ConnectionEvent::Muted(Why::HeldBack), 0.5);
    assert_eq!(effect, Effect::PollAfter { ms: 0 });
    assert!(!connection.is_away() && !connection.hears());
    let mut pauses = Vec::new();
    for _ in 0..9 {
        let (next, effect) = connection.transition(ConnectionEvent::Polled, 0.5);
        pauses.push(effect);
        connection = next;
    }
    assert!(connection.hears());
    assert_eq!(pauses[0], Effect::PollAfter { ms: 3_000 });
    assert_eq!(pauses[8], Effect::PollAfter { ms: 15_000 });
    let (nudged, effect) = connection.transition(ConnectionEvent::RetryNow, 0.5);
    assert_eq!(effect, Effect::PollAfter { ms: 0 });
    let (live, effect) = nudged.transition(ConnectionEvent::Opened, 0.5);
    assert_eq!(
        (live, effect),
        (Connection::Live { failures: 0 }, Effect::Nothing)
    );
}

#[test]
fn a_held_stream_that_a_proxy_ends_is_no_alarm_and_a_question_without_answer_is() {
    let polling = Connection::Polling {
        why: Why::HeldBack,
        failures: 0,
        polls: 4,
    };
    // What is said of it stays, and the next poll asks for another one.
    let ended = polling.transition(ConnectionEvent::Dismissed, 0.5);
    assert_eq!(ended, (polling, Effect::CloseBeside));
    assert!(polling.asks_beside_polling());
    let (waiting, _) = polling.transition(ConnectionEvent::Failed, 0.5);
    assert!(waiting.is_away());
}

#[test]
fn a_line_that_answers_nothing_is_away_also_while_the_page_asks_and_is_tried_ever_more_seldom() {
    let mut connection = Connection::START;
    let mut waits = Vec::new();
    for _ in 0..4 {
        connection = connection
            .transition(ConnectionEvent::Muted(Why::HeldBack), 1.0)
            .0;
        let (waiting, effect) = connection.transition(ConnectionEvent::Failed, 1.0);
        waits.push(effect);
        assert!(waiting.is_away());
        connection = waiting.transition(ConnectionEvent::WaitOver, 1.0).0;
        assert!(
            connection
                .transition(ConnectionEvent::Muted(Why::HeldBack), 1.0)
                .0
                .is_away()
        );
    }
    let expected = [1_000, 2_000, 4_000, 8_000].map(|ms| Effect::CloseAndWait { ms });
    assert_eq!(waits, expected);
}

#[test]
fn a_page_whose_stream_is_refused_while_the_server_answers_polls_and_raises_no_alarm_once_it_is_answered()
 {
    let (waiting, _) = Connection::START.transition(ConnectionEvent::Failed, 0.5);
    let refused = ConnectionEvent::Muted(Why::Refused);
    let (polling, effect) = waiting.transition(refused, 0.5);
    assert_eq!(effect, Effect::PollAfter { ms: 0 });
    let (polling, effect) = polling.transition(ConnectionEvent::Polled, 0.5);
    assert_eq!(effect, Effect::PollAfter { ms: 3_000 });
    assert!(polling.hears() && !polling.is_away());
    let (live, effect) = polling.transition(ConnectionEvent::Opened, 0.5);
    assert_eq!(
        (live, effect),
        (Connection::Live { failures: 0 }, Effect::Nothing)
    );
    // The answer came late: another attempt has worked.
    assert_eq!(live.transition(refused, 0.5), (live, Effect::Nothing));
}

#[test]
fn a_stream_that_brings_things_late_does_not_count_as_live_until_one_comes_in_time() {
    let (late, timely) = (
        Arrival::Tick { late_ms: LATE_MS },
        Arrival::Tick {
            late_ms: LATE_MS - 1,
        },
    );
    let held = Some(ConnectionEvent::Muted(Why::HeldBack));
    for connection in [Connection::START, Connection::Live { failures: 0 }] {
        assert_eq!(connection.on_arrival(late), held);
    }
    assert_eq!(
        Connection::START.on_arrival(Arrival::Frame),
        Some(ConnectionEvent::Opened)
    );
    let live = Connection::Live { failures: 0 };
    assert_eq!(live.on_arrival(timely), None);
    let (polling, effect) = live.transition(ConnectionEvent::Muted(Why::HeldBack), 0.5);
    assert_eq!(effect, Effect::PollAfter { ms: 0 });
    // What comes with it doesn't say how late it is.
    assert_eq!(polling.on_arrival(Arrival::Frame), None);
    assert_eq!(polling.on_arrival(timely), Some(ConnectionEvent::Opened));
    let (polling, _) = polling.transition(ConnectionEvent::Polled, 0.5);
    let still = polling.transition(ConnectionEvent::Muted(Why::HeldBack), 0.5);
    assert_eq!(still, (polling, Effect::Nothing));
}

fn held_arrival() -> impl Strategy<Value = Arrival> {
    prop_oneof![
        Just(Arrival::Frame),
        (LATE_MS..60_000).prop_map(|late_ms| Arrival::Tick { late_ms }),
    ]
}

/// The count of the attempts.
fn counted(connection: Connection) -> u32 {
    match connection {
        Connection::Connecting { failures }
        | Connection::Live { failures }
        | Connection::Polling { failures, .. }
        | Connection::Waiting { failures } => failures,
        Connection::Resting | Connection::Ended(_) => 0,
    }
}

proptest! {
    /// What the stream itself tells; a poll that was answered counts as well, and a tab that rested starts anew.
    #[test]
    fn only_a_settled_stream_forgets_the_attempts_that_came_to_nothing(
        events in proptest::collection::vec(any_event(), 0..60),
    ) {
        let mut connection = Connection::START;
        for event in events {
            let next = connection.transition(event, 0.5).0;
            let is_heard = matches!(event, ConnectionEvent::Settled | ConnectionEvent::Polled);
            let forgets = is_heard || event == ConnectionEvent::HiddenForLong;
            prop_assert!(forgets || counted(next) >= counted(connection), "{:?}", event);
            connection = next;
        }
    }

    /// A proxy that collects events brings each of them late, and ends the stream now and then.
    #[test]
    fn behind_a_proxy_that_collects_events_what_is_said_of_it_stays(
        heard in proptest::collection::vec(
            prop_oneof![
                Just(None),
                Just(Some(ConnectionEvent::Polled)),
                Just(Some(ConnectionEvent::Dismissed)),
                Just(Some(ConnectionEvent::RetryNow)),
            ],
            0..40,
        ),
        arrivals in proptest::collection::vec(held_arrival(), 40),
    ) {
        let muted = ConnectionEvent::Muted(Why::HeldBack);
        let mut connection = Connection::START.transition(muted, 0.5).0;
        connection = connection.transition(ConnectionEvent::Polled, 0.5).0;
        for (event, arrival) in heard.into_iter().zip(arrivals) {
            if let Some(event) = event.or_else(|| connection.on_arrival(arrival)) {
                connection = connection.transition(event, 0.5).0;
            }
            let is_told = matches!(
                connection,
                Connection::Polling { why: Why::HeldBack, failures: 0, polls: 1.. }
            );
            prop_assert!(is_told, "{:?}", connection);
        }
    }

    #[test]
    fn no_page_asks_more_often_than_every_three_seconds_by_itself(polls: u32) {
        prop_assert!((POLL_MS..=LONGEST_POLL_MS).contains(&poll_ms(polls)));
    }

    #[test]
    fn an_ended_stream_stays_ended(events in proptest::collection::vec(any_event(), 0..20)) {
        let ended = Connection::Ended(Ending::Revoked);
        for event in events {
            prop_assert_eq!(ended.transition(event, 0.5), (ended, Effect::Nothing));
        }
    }

    /// At most one stream is open or being opened: nothing opens one while there is one.
    #[test]
    fn no_second_stream_is_opened(events in proptest::collection::vec(any_event(), 0..60)) {
        let mut connection = Connection::START;
        let mut open = true;
        for event in events {
            let (next, effect) = connection.transition(event, 0.5);
            match effect {
                Effect::Open => {
                    prop_assert!(!open);
                    open = true;
                }
                Effect::Close | Effect::CloseAndWait { .. } | Effect::CloseBeside => open = false,
                Effect::Nothing | Effect::PollAfter { .. } => {}
            }
            connection = next;
        }
    }
}
