//! The limits: what is counted, refunded, and refused.

use std::{
    hint,
    num::NonZeroU32,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use app::domain::moments::range_rule::RangeRule;

use super::*;
use crate::{
    idempotent_ids::Seed,
    random,
    security::principal::{Browser, Principal},
};

fn settings() -> Settings {
    let number = |number| NonZeroU32::new(number).unwrap();
    Settings {
        limited: true,
        press_burst: number(5),
        press_seconds: number(3_600),
        address_presses: number(8),
        session_presses: number(20),
        address_streams: number(9),
        address_connections: number(9),
        address_sessions: number(2),
        address_redemptions: number(3),
        address_moderations: number(4),
        address_loads: number(7),
        address_renders: number(6),
        address_announcements: number(5),
        address_controls: number(5),
        address_exports: number(5),
        address_erasures: number(5),
        address_lookups: number(5),
    }
}

fn from(address: &str) -> Browser {
    Browser {
        visitor: VisitorId(random::uuid()),
        seed: Seed::random(),
        network: ClientNetwork::of(address.parse().unwrap()),
        is_new: false,
    }
}

fn keys(browser: Browser) -> RateLimitKeys {
    Principal::from(browser).rate_limit_keys()
}

/// Charges a browser for a press.
fn charge_press(
    limits: &Limits,
    browser: Browser,
    session: SessionId,
    id: TimestampId,
) -> Result<Charge, ServiceError> {
    limits.charge_press(keys(browser), (browser.visitor, session, id))
}

fn press() -> TimestampId {
    TimestampId(random::uuid())
}

fn session() -> SessionId {
    SessionId(random::uuid())
}

/// How many of a hundred pass.
fn passed(mut attempt: impl FnMut() -> Result<Charge, ServiceError>) -> usize {
    (0..100)
        .filter(|_| attempt().map(Charge::keep).is_ok())
        .count()
}

#[test]
fn a_visitor_who_never_lets_go_takes_nothing_from_the_network() {
    let limits = Limits::new(&settings());
    let (one, session) = (from("192.0.2.1"), session());
    assert_eq!(passed(|| charge_press(&limits, one, session, press())), 5);
    assert_eq!(
        passed(|| charge_press(&limits, from("192.0.2.1"), session, press())),
        3
    );
}

#[test]
fn without_a_cookie_the_network_is_counted_alone() {
    let limits = Limits::new(&settings());
    let new = Browser {
        is_new: true,
        ..from("192.0.2.1")
    };
    assert_eq!(passed(|| charge_press(&limits, new, session(), press())), 8);
}

#[test]
fn a_session_has_a_limit_over_all_networks() {
    let limits = Limits::new(&settings());
    let session = session();
    let mut network = 0;
    let flood = || {
        network += 1;
        charge_press(
            &limits,
            from(&format!("192.0.2.{network}")),
            session,
            press(),
        )
    };
    assert_eq!(passed(flood), 20);
}

#[test]
fn every_action_has_a_limit_of_its_own() {
    let limits = Limits::new(&settings());
    let one = from("2001:db8::1");
    for action in Action::ALL {
        let most = quotas::quota(action, &settings()).burst_size().get() as usize;
        assert_eq!(
            passed(|| limits.charge(keys(one), action)),
            most,
            "{action:?}"
        );
    }
    let other = from("2001:db8:0:1::1");
    for action in Action::ALL {
        assert!(limits.charge(keys(other), action).is_ok(), "{action:?}");
    }
}

#[test]
fn what_came_to_nothing_is_given_back_and_tried_ten_times_as_often_at_most() {
    let limits = Limits::new(&settings());
    let (one, session) = (from("192.0.2.1"), session());
    let busy = || Err::<(), _>(ServiceError::Unavailable { seconds: 1 });
    for action in Action::ALL {
        let most = quotas::quota(action, &settings()).burst_size().get() as usize;
        let tried = (0..200).map_while(|_| limits.charge(keys(one), action).ok());
        let tried: Vec<_> = tried.map(|charge| charge.of(busy())).collect();
        assert_eq!(tried.len(), 10 * most, "{action:?}");
    }
    let other = from("192.0.2.2");
    let tried = (0..200).map_while(|_| charge_press(&limits, other, session, press()).ok());
    let tried: Vec<_> = tried.map(|charge| charge.of(busy())).collect();
    assert_eq!(tried.len(), 50);
    // Others in their network keep trying.
    let others = (0..200).map_while(|_| {
        let somebody = from("192.0.2.2");
        charge_press(&limits, somebody, session, press()).ok()
    });
    assert_eq!(others.map(drop).collect::<Vec<_>>().len(), 30);
    // A caller that hangs up before the result is known has done nothing.
    let third = from("192.0.2.3");
    for _ in 0..20 {
        drop(charge_press(&limits, third, session, press()));
    }
    assert_eq!(passed(|| charge_press(&limits, third, session, press())), 5);
}

#[test]
fn a_press_that_its_session_has_no_room_for_takes_nothing_from_its_visitor() {
    let limits = Limits::new(&settings());
    let (full, other) = (session(), session());
    for network in 0..20 {
        let somebody = from(&format!("192.0.2.{network}"));
        let charge = charge_press(&limits, somebody, full, press());
        charge.unwrap().keep();
    }
    let one = from("198.51.100.1");
    for _ in 0..5 {
        assert!(charge_press(&limits, one, full, press()).is_err());
    }
    assert_eq!(passed(|| charge_press(&limits, one, other, press())), 5);
}

#[test]
fn a_press_is_counted_once_however_often_it_is_sent() {
    let limits = Limits::new(&settings());
    let (one, here) = (from("192.0.2.1"), session());
    let presses: Vec<_> = (0..5).map(|_| press()).collect();
    for id in presses.iter().cycle().take(50) {
        charge_press(&limits, one, here, *id).unwrap().keep();
    }
    assert!(charge_press(&limits, one, here, press()).is_err());
    // With the same id, it is another press in another session, and of another visitor.
    let (elsewhere, other) = (session(), from("192.0.2.1"));
    assert!(charge_press(&limits, one, elsewhere, presses[0]).is_err());
    let mut ids = presses.iter().cycle();
    let next = || charge_press(&limits, other, here, *ids.next().unwrap());
    assert_eq!(passed(next), 18);
    assert_eq!(limits.charged(Action::Press), 8);
}

#[test]
fn whoever_joins_moments_can_still_press_and_joins_each_once() {
    let limits = Limits::new(&settings());
    let (one, here) = (from("192.0.2.1"), session());
    let moment = || MomentId(random::uuid());
    let join = |browser: Browser, moment| {
        limits.charge_join(keys(browser), (browser.visitor, here, moment))
    };
    let first = moment();
    for _ in 0..9 {
        join(one, first).unwrap().keep();
    }
    assert_eq!(passed(|| join(one, moment())), 4);
    assert_eq!(limits.charged(Action::Join), 5);
    assert_eq!(passed(|| join(from("192.0.2.1"), moment())), 3);
    assert_eq!(passed(|| charge_press(&limits, one, here, press())), 5);
    let refused = join(one, moment()).map(|_| ()).unwrap_err();
    let action = Some(Action::Join);
    assert!(matches!(refused, ServiceError::RateLimited { action: of, .. } if of == action));
    // What came to nothing is given back.
    let other = from("192.0.2.2");
    for _ in 0..9 {
        let busy = Err::<(), _>(ServiceError::Unavailable { seconds: 1 });
        let _ = join(other, moment()).unwrap().of(busy);
    }
    assert_eq!(passed(|| join(other, moment())), 5);
}

#[test]
fn of_those_that_send_a_press_at_the_same_time_one_that_is_taken_is_enough_to_count_it() {
    let limits = Limits::new(&settings());
    let (one, session) = (from("192.0.2.1"), session());
    for taken in 0..3 {
        let id = press();
        let sent = (0..3).map(|_| charge_press(&limits, one, session, id).unwrap());
        for (at, charge) in sent.collect::<Vec<_>>().into_iter().enumerate() {
            let answer = match at == taken {
                true => Ok(()),
                false => Err(ServiceError::Unavailable { seconds: 1 }),
            };
            let _ = charge.of(answer);
        }
        assert_eq!(limits.charged(Action::Press), taken as u64 + 1);
    }
}

#[test]
fn attempts_that_race_count_a_press_once() {
    const ATTEMPTS: usize = 2;
    let number = |number| NonZeroU32::new(number).unwrap();
    let limits = Limits::new(&Settings {
        press_burst: number(10_000),
        address_presses: number(10_000),
        session_presses: number(10_000),
        ..settings()
    });
    let (one, session) = (from("192.0.2.1"), session());
    let presses: Vec<_> = (0..500).map(|_| press()).collect();
    // The threads spin until all have arrived: threads that are woken up start one after the other.
    let arrived = AtomicUsize::new(0);
    thread::scope(|scope| {
        for attempt in 0..ATTEMPTS {
            let (limits, presses, arrived) = (&limits, &presses, &arrived);
            scope.spawn(move || {
                for (number, press) in presses.iter().enumerate() {
                    arrived.fetch_add(1, Ordering::SeqCst);
                    while arrived.load(Ordering::SeqCst) < (number + 1) * ATTEMPTS {
                        hint::spin_loop();
                    }
                    let charge = charge_press(limits, one, session, *press).unwrap();
                    // Some are kept at once, some while another attempt is under way, and some are refunded.
                    match (number + attempt) % 3 {
                        0 => charge.keep(),
                        1 => {
                            thread::yield_now();
                            charge.keep();
                        }
                        _ => drop(charge),
                    }
                }
            });
        }
    });
    assert_eq!(limits.charged(Action::Press), presses.len() as u64);
}

/// How many of a hundred attempts get as far as to fail like this.
fn failed(action: Action, with: impl Fn() -> ServiceError) -> usize {
    let limits = Limits::new(&settings());
    let one = from("192.0.2.1");
    let attempt = || limits.charge(keys(one), action)?.of(Err::<(), _>(with()));
    (0..100).filter(|_| attempt() == Err(with())).count()
}

#[test]
fn a_guess_is_not_given_back() {
    assert_eq!(failed(Action::Redeem, || ServiceError::InvalidLink), 3);
}

#[test]
fn what_a_full_session_refuses_is_not_given_back() {
    let with = |input: InvalidInput| failed(Action::Moderate, || input.clone().into());
    assert_eq!(with(InvalidInput::TooManyRanges), 4);
    // A range that was mistyped is.
    assert_eq!(with(InvalidInput::MomentRange(RangeRule::Bounds)), 40);
}

#[test]
fn what_is_not_limited_is_not_counted() {
    let limits = Limits::new(&Settings {
        limited: false,
        ..settings()
    });
    assert_eq!(
        passed(|| charge_press(&limits, from("192.0.2.1"), session(), press())),
        100
    );
}

#[test]
fn the_wait_is_told_in_whole_seconds_and_is_never_too_short() {
    for (wait, seconds) in [(1, 1), (999, 1), (1_000, 1), (1_001, 2), (9_500, 10)] {
        let told = too_many(Action::Export, Duration::from_millis(wait));
        let action = Some(Action::Export);
        assert_eq!(told, ServiceError::RateLimited { seconds, action });
    }
}
