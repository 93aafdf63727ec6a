//! The outbox: what waits, what is due, and what is discarded.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::session::LastSegment;

fn id(n: u8) -> TimestampId {
    TimestampId(Uuid::from_u128(u128::from(n)))
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn known(seconds: i64) -> Reading {
    Reading {
        time: at(seconds),
        is_provisional: false,
    }
}

fn provisional(seconds: i64) -> Reading {
    Reading {
        time: at(seconds),
        is_provisional: true,
    }
}

fn active() -> Status {
    Status::Active {
        segment: 1,
        start_time: at(0),
    }
}

fn last() -> Option<LastSegment> {
    Some(LastSegment {
        index: 1,
        end_time: at(60),
    })
}

/// An outbox whose one press, of second 10, could not be sent.
fn offline() -> Outbox {
    let mut outbox = Outbox::default();
    outbox.press(id(1), Pressing::default(), known(10));
    outbox.refuse(id(1), ServiceError::Unreachable);
    outbox
}

#[test]
fn a_press_keeps_its_label_until_it_is_saved() {
    let mut outbox = Outbox::default();
    let pressing = Pressing {
        label: Some(LabelId(2)),
        ..Pressing::default()
    };
    let sent = outbox.press(id(1), pressing, known(10));
    assert_eq!(sent.label, Some(LabelId(2)));
    let stored = serde_json::to_string(outbox.get(id(1)).unwrap()).unwrap();
    let kept: PendingPress = serde_json::from_str(&stored).unwrap();
    let mut later = Outbox::default();
    let restored = later.restore(vec![kept], at(20), at(20));
    assert_eq!(restored.due[0].label, Some(LabelId(2)));
    // As an earlier build stored it.
    let of_before = stored.replace(",\"label\":2", "");
    let read: PendingPress = serde_json::from_str(&of_before).unwrap();
    assert_eq!(read.label, None);
}

#[test]
fn a_press_is_sent_at_once_and_has_not_waited() {
    let press = Outbox::default().press(id(1), Pressing::default(), known(10));
    assert_eq!((press.id, press.waited_ms), (id(1), 0));
}

#[test]
fn a_press_that_could_not_be_sent_goes_again_and_says_how_long_it_waited() {
    let mut outbox = offline();
    let due = outbox.due(&active(), at(40), usize::MAX);
    assert_eq!(due.len(), 1);
    assert_eq!((due[0].id, due[0].waited_ms), (id(1), 30_000));
    assert_eq!(
        outbox.due(&active(), at(40), usize::MAX),
        [],
        "it is under way already"
    );
}

#[test]
fn where_they_go_one_by_one_the_oldest_goes_first() {
    let mut outbox = Outbox::default();
    for (n, second) in [(1, 20), (2, 21), (3, 22)] {
        outbox.press(id(n), Pressing::default(), known(second));
        outbox.refuse(
            id(n),
            ServiceError::RateLimited {
                seconds: 8,
                action: None,
            },
        );
    }
    for n in [1, 2, 3] {
        let due = outbox.due(&active(), at(30), 1);
        assert_eq!(
            due.iter().map(|press| press.id).collect::<Vec<_>>(),
            [id(n)]
        );
    }
    assert_eq!(outbox.due(&active(), at(30), 1), []);
}

#[test]
fn a_waiting_press_outlives_a_pause() {
    let mut outbox = offline();
    let paused = Status::Paused { last: last() };
    assert_eq!(outbox.due(&paused, at(70), usize::MAX), []);
    // The page may not know of the pause yet when it tries again.
    outbox.due(&active(), at(70), usize::MAX);
    outbox.refuse(id(1), ServiceError::Press(PressRefused::Paused));
    assert_eq!(outbox.due(&active(), at(90), usize::MAX).len(), 1);
}

#[test]
fn a_press_made_during_a_pause_is_refused() {
    let mut outbox = Outbox::default();
    outbox.press(id(1), Pressing::default(), known(70));
    let paused = ServiceError::Press(PressRefused::Paused);
    outbox.refuse(id(1), paused.clone());
    assert_eq!(outbox.presses()[0].delivery, Delivery::Refused(paused));
    assert_eq!(outbox.due(&active(), at(90), usize::MAX), []);
}

#[test]
fn the_next_press_clears_an_earlier_refusal() {
    let mut outbox = Outbox::default();
    outbox.press(id(1), Pressing::default(), known(70));
    outbox.refuse(id(1), ServiceError::Press(PressRefused::Paused));
    outbox.press(id(2), Pressing::default(), known(80));
    assert_eq!(outbox.get(id(1)), None);
}

#[test]
fn a_refused_press_that_waited_stays_until_it_is_dismissed() {
    let mut outbox = offline();
    outbox.due(&active(), at(70), usize::MAX);
    outbox.refuse(id(1), ServiceError::Press(PressRefused::WaitedTooLong));
    outbox.press(id(2), Pressing::default(), known(80));
    assert!(outbox.get(id(1)).is_some());
    outbox.dismiss(id(1));
    assert_eq!(outbox.get(id(1)), None);
}

#[test]
fn after_the_end_a_waiting_press_is_too_late_and_tells_its_time() {
    let outbox = offline();
    let press = outbox.get(id(1)).unwrap();
    let segments = [Segment {
        index: 1,
        start_time: at(0),
        end_time: Some(at(60)),
        timestamp_count: 0,
    }];
    assert!(press.is_too_late(&Status::Ended { last: last() }));
    let spot = press.spot(&segments).unwrap();
    assert_eq!((spot.segment_index, spot.offset_seconds), (1, Offset(10)));
}

#[test]
fn a_reload_keeps_what_was_not_acknowledged_but_not_for_ever() {
    let kept = offline().presses().to_vec();
    let json = serde_json::to_string(&kept).unwrap();
    let read: Vec<PendingPress> = serde_json::from_str(&json).unwrap();
    let mut outbox = Outbox::default();
    let restored = outbox.restore(read.clone(), at(100), at(100));
    assert_eq!((restored.due.len(), outbox.presses().len()), (1, 1));
    assert_eq!(restored.due[0].waited_ms, 90_000);
    let tomorrow = at(25 * 60 * 60);
    let mut outbox = Outbox::default();
    let restored = outbox.restore(read, tomorrow, tomorrow);
    assert_eq!((restored.due, restored.too_old), (vec![], vec![id(1)]));
    assert_eq!(outbox, Outbox::default());
}

#[test]
fn a_press_of_an_earlier_visit_asks_once_also_after_the_end() {
    let mut outbox = Outbox::default();
    let kept = offline().presses().to_vec();
    assert_eq!(outbox.restore(kept, at(100), at(100)).due.len(), 1);
    outbox.refuse(id(1), ServiceError::Press(PressRefused::Ended));
    let press = outbox.get(id(1)).unwrap();
    assert!(press.is_too_late(&Status::Ended { last: last() }));
}

#[test]
fn what_an_earlier_visit_kept_joins_what_was_pressed_meanwhile() {
    let mut outbox = Outbox::default();
    outbox.press(id(2), Pressing::default(), known(95));
    let own = outbox.presses().to_vec();
    let kept = [own, offline().presses().to_vec()].concat();
    let restored = outbox.restore(kept, at(100), at(100));
    let due = restored.due.iter().map(|press| press.id);
    assert_eq!(
        due.collect::<Vec<_>>(),
        [id(1)],
        "the other one is on its way"
    );
    let order = outbox.presses().iter().map(|press| press.id);
    assert_eq!(order.collect::<Vec<_>>(), [id(1), id(2)]);
}

#[test]
fn a_press_before_the_time_is_known_is_sent_at_once_and_later_says_rightly_how_long_it_waited() {
    const FIVE_HOURS: i64 = 5 * 60 * 60;
    for hours_off in [-FIVE_HOURS, 0, FIVE_HOURS] {
        let mut outbox = Outbox::default();
        let sent = outbox.press(id(1), Pressing::default(), provisional(10 + hours_off));
        assert_eq!(sent.waited_ms, 0);
        outbox.refuse(id(1), ServiceError::Unreachable);
        let again = outbox.due(&active(), at(25 + hours_off), usize::MAX);
        assert_eq!(again[0].waited_ms, 15_000, "by the same clock");
        outbox.refuse(id(1), ServiceError::Unreachable);
        let segments = [Segment {
            index: 1,
            start_time: at(0),
            end_time: None,
            timestamp_count: 0,
        }];
        assert_eq!(
            outbox.presses()[0].spot(&segments),
            None,
            "nobody knows yet"
        );

        let changed = outbox.correct(TimeDelta::seconds(-hours_off));
        assert_eq!(changed, outbox.presses(), "it is kept anew");
        let spot = outbox.presses()[0].spot(&segments).unwrap();
        assert_eq!(spot.offset_seconds, Offset(10));
        let again = outbox.due(&active(), at(40), usize::MAX);
        assert_eq!(again[0].waited_ms, 30_000);
        assert_eq!(outbox.correct(TimeDelta::seconds(7)), [], "only once");
    }
}

#[test]
fn a_press_that_was_refused_is_corrected_and_stored_again_only_if_it_can_still_be_reported() {
    for (refused, is_stored) in [
        (PressRefused::NotStarted, false),
        (PressRefused::Paused, false),
        (PressRefused::Ended, false),
        (PressRefused::MomentInPause, true),
        (PressRefused::WaitedTooLong, true),
        (PressRefused::NameMissing, true),
    ] {
        let mut outbox = Outbox::default();
        outbox.press(id(1), Pressing::default(), provisional(10));
        outbox.refuse(id(1), ServiceError::Press(refused.clone()));
        let corrected = outbox.correct(TimeDelta::seconds(5));
        let shown = outbox.presses();
        assert_eq!(shown[0].pressed_at, at(15), "{refused:?}");
        assert_eq!(corrected == shown, is_stored, "{refused:?}");
        assert_eq!(outbox.stored().count(), corrected.len(), "{refused:?}");
    }
}

#[test]
fn what_an_earlier_visit_stamped_by_a_wrong_clock_is_put_right_by_how_wrong_that_is_now() {
    const FIVE_HOURS: i64 = 5 * 60 * 60;
    let mut outbox = Outbox::default();
    outbox.press(id(1), Pressing::default(), provisional(10 + FIVE_HOURS));
    let json = serde_json::to_string(outbox.presses()).unwrap();
    let kept: Vec<PendingPress> = serde_json::from_str(&json).unwrap();
    let mut outbox = Outbox::default();
    let restored = outbox.restore(kept, at(70), at(70 + FIVE_HOURS));
    assert_eq!(restored.due[0].waited_ms, 60_000);
    assert_eq!(outbox.presses()[0].pressed_at, at(10));
}

fn name(name: &str) -> Option<Name> {
    Name::parse_optional(name).unwrap()
}

#[test]
fn a_press_without_the_name_that_is_required_stays_until_it_has_one_and_says_how_long_it_waited() {
    let missing = ServiceError::Press(PressRefused::NameMissing);
    let mut outbox = offline();
    outbox.press(id(2), Pressing::default(), known(20));
    outbox.due(&active(), at(30), usize::MAX);
    for n in [1, 2] {
        outbox.refuse(id(n), missing.clone());
    }
    assert_eq!((outbox.nameless(), outbox.is_waiting()), (2, false));
    assert_eq!(outbox.due(&active(), at(40), usize::MAX), []);
    assert!(outbox.presses().iter().all(PendingPress::is_kept));
    // Another press takes none of them away.
    let named = Pressing {
        name: name("Ciri"),
        ..Pressing::default()
    };
    outbox.press(id(3), named, known(45));
    assert_eq!(outbox.nameless(), 2);

    let changed = outbox.give_name(name("Ciri").as_ref());
    let changed = changed.iter().map(|press| (press.id, press.name.clone()));
    let expected = [1, 2].map(|n| (id(n), name("Ciri")));
    assert_eq!(changed.collect::<Vec<_>>(), expected, "they are kept anew");
    assert_eq!((outbox.nameless(), outbox.is_waiting()), (0, true));
    let due = outbox.due(&active(), at(50), usize::MAX);
    let due = due
        .into_iter()
        .map(|sent| (sent.id, sent.name, sent.waited_ms));
    let expected = [(id(1), name("Ciri"), 40_000), (id(2), name("Ciri"), 30_000)];
    assert_eq!(due.collect::<Vec<_>>(), expected);
    assert_eq!(outbox.give_name(name("Triss").as_ref()), [], "only once");
}

#[test]
fn a_press_that_waits_for_a_name_outlives_a_reload_and_is_too_late_after_the_end() {
    let missing = ServiceError::Press(PressRefused::NameMissing);
    let mut outbox = offline();
    outbox.refuse(id(1), missing.clone());
    assert!(outbox.presses()[0].is_too_late(&Status::Ended { last: last() }));
    let json = serde_json::to_string(outbox.presses()).unwrap();
    let kept: Vec<PendingPress> = serde_json::from_str(&json).unwrap();
    let mut outbox = Outbox::default();
    // The server may have it: only its answer says that a name is missing.
    let restored = outbox.restore(kept, at(100), at(100));
    assert_eq!(restored.due[0].waited_ms, 90_000);
    outbox.refuse(id(1), missing);
    assert_eq!(outbox.nameless(), 1);
}

#[test]
fn where_no_name_is_required_any_more_a_press_goes_without() {
    let mut outbox = offline();
    outbox.refuse(id(1), ServiceError::Press(PressRefused::NameMissing));
    outbox.give_name(None);
    let due = outbox.due(&active(), at(40), usize::MAX);
    assert_eq!((due[0].id, due[0].name.clone()), (id(1), None));
}

proptest! {
    /// Until it is acknowledged, refused for good, or given up, a press is there.
    #[test]
    fn no_press_is_lost_while_the_server_is_away(
        seconds in proptest::collection::vec(0u8..200, 1..20),
    ) {
        let mut outbox = Outbox::default();
        for (n, second) in (0u8..).zip(&seconds) {
            outbox.press(id(n), Pressing::default(), known(i64::from(*second)));
            outbox.refuse(id(n), ServiceError::Unreachable);
            for press in outbox.due(&active(), at(300), usize::MAX) {
                let passing = match n % 2 {
                    0 => ServiceError::Unavailable { seconds: 1 },
                    _ => ServiceError::RateLimited { seconds: 1, action: None },
                };
                outbox.refuse(press.id, passing);
            }
        }
        let due = outbox.due(&active(), at(300), usize::MAX);
        prop_assert_eq!(due.len(), seconds.len());
        for press in due {
            prop_assert!(outbox.acknowledge(press.id).is_some());
        }
        prop_assert_eq!(outbox, Outbox::default());
    }
}
