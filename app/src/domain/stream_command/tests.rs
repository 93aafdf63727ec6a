//! The streamer's buttons: what each does to each status.

use proptest::prelude::*;

use super::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn paused_after(index: u32, end: i64) -> Status {
    Status::Paused {
        last: Some(LastSegment {
            index,
            end_time: at(end),
        }),
    }
}

fn active(segment: u32) -> Status {
    Status::Active {
        segment,
        start_time: at(0),
    }
}

#[test]
fn pressing_pause_twice_is_one_pause_and_no_error() {
    let act = StreamCommand::Pause { segment: 1 };
    assert_eq!(active(1).decide(act, at(9)), Ok(Transition::Pause));
    assert_eq!(
        paused_after(1, 9).decide(act, at(10)),
        Ok(Transition::Nothing)
    );
}

#[test]
fn a_stale_tab_cannot_close_a_segment_that_it_does_not_show() {
    for act in [
        StreamCommand::Pause { segment: 1 },
        StreamCommand::End { segment: 1 },
    ] {
        let refused = active(2).decide(act, at(9)).unwrap_err();
        assert_eq!(
            refused,
            ActRefused::Stale {
                shown: 1,
                latest: 2
            }
        );
    }
}

#[test]
fn resuming_in_two_tabs_opens_one_segment() {
    let act = StreamCommand::Resume {
        segment: 1,
        began_minutes_ago: 0,
    };
    let opened = Transition::Open {
        index: 2,
        start_time: at(60),
    };
    assert_eq!(paused_after(1, 30).decide(act, at(60)), Ok(opened));
    assert_eq!(active(2).decide(act, at(61)), Ok(Transition::Nothing));
    assert!(active(3).decide(act, at(99)).is_err());
}

#[test]
fn a_refusal_says_what_is_allowed_now() {
    let ended = Status::Ended { last: None };
    let refused = ended
        .decide(
            StreamCommand::Start {
                began_minutes_ago: 0,
            },
            at(0),
        )
        .unwrap_err();
    let not_now = ActRefused::NotNow {
        button: Button::Start,
        status: ended.clone(),
    };
    assert_eq!(refused, not_now);
    assert_eq!(ended.allowed(), [Button::Reopen]);
}

#[test]
fn a_segment_cannot_begin_before_the_end_of_the_one_before() {
    let act = |minutes| StreamCommand::Resume {
        segment: 1,
        began_minutes_ago: minutes,
    };
    let status = paused_after(1, 0);
    assert_eq!(
        status.decide(act(5), at(300)),
        Ok(Transition::Open {
            index: 2,
            start_time: at(0)
        })
    );
    let refused = status.decide(act(6), at(300)).unwrap_err();
    assert_eq!(refused, ActRefused::BeganTooEarly { at_most: 5 });
}

#[test]
fn reopen_pauses_and_keeps_the_segments() {
    let last = Some(LastSegment {
        index: 2,
        end_time: at(5),
    });
    let act = StreamCommand::Reopen { segment: 2 };
    assert_eq!(
        Status::Ended { last }.decide(act, at(9)),
        Ok(Transition::Reopen)
    );
    assert_eq!(
        Status::Paused { last }.decide(act, at(9)),
        Ok(Transition::Nothing)
    );
}

fn any_status() -> impl Strategy<Value = Status> {
    (0u32..4, 0i64..100, 0..3).prop_map(|(index, end, kind)| {
        let last = (index > 0).then(|| LastSegment {
            index,
            end_time: at(end),
        });
        match kind {
            0 => active(index + 1),
            1 => Status::Paused { last },
            _ => Status::Ended { last },
        }
    })
}

/// A request may name any number.
fn any_number() -> impl Strategy<Value = u32> {
    prop_oneof![4 => 0u32..5, 1 => u32::MAX - 1..=u32::MAX]
}

fn any_act() -> impl Strategy<Value = StreamCommand> {
    (any_number(), any_number(), 0..5).prop_map(|(segment, began_minutes_ago, kind)| match kind {
        0 => StreamCommand::Start { began_minutes_ago },
        1 => StreamCommand::Pause { segment },
        2 => StreamCommand::Resume {
            segment,
            began_minutes_ago,
        },
        3 => StreamCommand::End { segment },
        _ => StreamCommand::Reopen { segment },
    })
}

#[test]
fn a_segment_that_no_page_can_show_is_refused() {
    let resume = StreamCommand::Resume {
        segment: u32::MAX,
        began_minutes_ago: 0,
    };
    let not_now = ActRefused::NotNow {
        button: Button::Resume,
        status: active(1),
    };
    assert_eq!(active(1).decide(resume, at(9)), Err(not_now));
    let stale = ActRefused::Stale {
        shown: u32::MAX,
        latest: 1,
    };
    assert_eq!(paused_after(1, 0).decide(resume, at(9)), Err(stale));
}

#[test]
fn the_last_segment_that_a_session_may_have_is_the_thousandth() {
    let paused = |index| Status::Paused {
        last: Some(LastSegment {
            index,
            end_time: at(0),
        }),
    };
    let resumed = |index| {
        let act = StreamCommand::Resume {
            segment: index,
            began_minutes_ago: 0,
        };
        paused(index).decide(act, at(1))
    };
    assert!(matches!(
        resumed(999),
        Ok(Transition::Open { index: 1_000, .. })
    ));
    assert_eq!(resumed(1_000), Err(ActRefused::TooManySegments));
    let end = StreamCommand::End { segment: 1_000 };
    assert_eq!(paused(1_000).decide(end, at(1)), Ok(Transition::End));
}

proptest! {
    #[test]
    fn only_the_segment_that_the_page_showed_is_closed(status in any_status(), act in any_act(), now in 0i64..1000) {
        if let Ok(Transition::Pause | Transition::End) = status.decide(act, at(now)) {
            prop_assert_eq!(act.shown(), status.segment());
        }
    }

    #[test]
    fn indexes_grow_by_one_and_time_never_runs_back(status in any_status(), act in any_act(), now in 0i64..1000) {
        if let Ok(Transition::Open { index, start_time }) = status.decide(act, at(now)) {
            prop_assert_eq!(index, status.segment() + 1);
            if let Status::Paused { last: Some(last) } = status {
                prop_assert!(start_time >= last.end_time);
            }
        }
    }

    #[test]
    fn what_is_done_is_in_what_was_allowed(status in any_status(), act in any_act(), now in 0i64..1000) {
        let changes = !matches!(status.decide(act, at(now)), Ok(Transition::Nothing) | Err(_));
        prop_assert!(!changes || status.allowed().contains(&act.button()));
    }
}

#[test]
fn nothing_typed_means_now_and_words_mean_nothing() {
    for (typed, minutes) in [
        (" ", Some(0)),
        (" 12 ", Some(12)),
        ("１２", Some(12)),
        ("\u{feff}1\u{200b}２", Some(12)),
        ("a while", None),
        ("-3", None),
        ("1.5", None),
    ] {
        assert_eq!(typed_minutes(typed), minutes, "{typed:?}");
    }
}
