//! How often one may do what costs something: by client network, and for presses by visitor and by session too.
//!
//! What was counted and then not done, since the server or the rules refused it, is given back: after an outage the retries
//! of honest viewers must not run them into their limit.

mod action;
mod counter;
mod settings;

use std::{collections::HashMap, num::NonZeroU32, sync::Arc, time::Duration};

use app::{clips::ClipsError, domain::timestamp::TimestampId};
use governor::Quota;
use quick_cache::sync::Cache;

use self::counter::Counter;
pub use self::{action::Action, settings::Settings};
use super::{
    address::Network,
    caller::{Browser, Caller},
};
use crate::store::{SessionId, VisitorId};

/// How many presses are tried for each that is taken, at most: those that are refused are given back, and cost something.
const ATTEMPTS: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// What is limited. Cheap to clone.
#[derive(Clone)]
pub struct Limits(Option<Arc<Counters>>);

struct Counters {
    /// Stops who makes up a new visitor for everything.
    of_network: HashMap<Action, Counter<Network>>,
    /// Stops one browser that never lets go of the button.
    visitor_presses: Counter<VisitorId>,
    /// Keeps a flood from many networks out of one list, while its moderators can still do something about it.
    session_presses: Counter<SessionId>,
    /// Nothing of it is given back.
    network_attempts: Counter<Network>,
    /// The presses of late that were counted. One that is sent again, since its answer was lost or did not come in time, is
    /// no further one.
    counted_presses: Cache<(VisitorId, TimestampId), ()>,
}

/// What was counted of one call.
#[must_use = "what is not done has to be given back"]
pub struct Charge(Option<Charged>);

struct Charged {
    counters: Arc<Counters>,
    action: Action,
    network: Network,
    /// A press, which is counted by its visitor, where it has one, and by its session too.
    press: Option<ChargedPress>,
}

#[derive(Clone, Copy)]
struct ChargedPress {
    visitor: Option<VisitorId>,
    session: SessionId,
    id: TimestampId,
}

/// How many presses are remembered as counted: what a crowd sends within some seconds.
const REMEMBERED_PRESSES: usize = 100_000;

impl Limits {
    /// Nothing is limited.
    pub fn none() -> Self {
        Self(None)
    }

    /// As the operator wants them.
    pub fn new(settings: &Settings) -> Self {
        if !settings.limited {
            return Self::none();
        }
        let pause = Duration::from_secs(settings.press_seconds.get().into());
        // A pause of at least a second: there is such a quota.
        let visitor_presses = Quota::with_period(pause)
            .unwrap_or(Quota::per_second(settings.press_burst))
            .allow_burst(settings.press_burst);
        let of_network = Action::ALL.map(|action| (action, Counter::new(action.quota(settings))));
        let attempts = settings.address_presses.saturating_mul(ATTEMPTS);
        Self(Some(Arc::new(Counters {
            of_network: of_network.into(),
            visitor_presses: Counter::new(visitor_presses),
            session_presses: Counter::new(Quota::per_minute(settings.session_presses)),
            network_attempts: Counter::new(Quota::per_minute(attempts)),
            counted_presses: Cache::new(REMEMBERED_PRESSES),
        })))
    }

    /// How often this was done since the start, by everybody; zero where nothing is limited.
    pub fn charged(&self, action: Action) -> u64 {
        let counters = self.0.as_ref();
        let counter = counters.and_then(|counters| counters.of_network.get(&action));
        counter.map_or(0, Counter::counted)
    }

    /// Counts what a caller does.
    ///
    /// # Errors
    /// `ClipsError::TooMany` where the network did too much of it; nothing is counted then.
    pub fn charge(&self, caller: Caller, action: Action) -> Result<Charge, ClipsError> {
        let Some(counters) = &self.0 else {
            return Ok(Charge(None));
        };
        let network = caller.network();
        counters.count(action, &network).map_err(too_many)?;
        Ok(Charge(Some(Charged {
            counters: counters.clone(),
            action,
            network,
            press: None,
        })))
    }

    /// Counts a press, however often it is sent.
    ///
    /// # Errors
    /// `ClipsError::TooMany` where the visitor, the network or the session had too many; nothing is counted then.
    pub fn charge_press(
        &self,
        caller: Caller,
        session: SessionId,
        id: TimestampId,
    ) -> Result<Charge, ClipsError> {
        let Some(counters) = &self.0 else {
            return Ok(Charge(None));
        };
        let network = caller.network();
        let visitor = match caller {
            Caller::Browser(Browser { visitor, .. }) => Some(visitor),
            Caller::Nobody(_) => None,
        };
        let press = ChargedPress {
            visitor,
            session,
            id,
        };
        if let Some(visitor) = visitor {
            if counters.counted_presses.get(&(visitor, id)).is_some() {
                counters
                    .network_attempts
                    .count(&network)
                    .map_err(too_many)?;
                return Ok(Charge(None));
            }
            // The visitor first: one who never lets go uses up nothing of what their whole school may.
            counters.visitor_presses.count(&visitor).map_err(too_many)?;
        }
        if let Err(wait) = counters.count_press(&network, &session) {
            if let Some(visitor) = &visitor {
                counters.visitor_presses.give_back(visitor);
            }
            return Err(too_many(wait));
        }
        if let Some(visitor) = visitor {
            counters.counted_presses.insert((visitor, id), ());
        }
        Ok(Charge(Some(Charged {
            counters: counters.clone(),
            action: Action::Press,
            network,
            press: Some(press),
        })))
    }
}

impl Counters {
    fn count(&self, action: Action, network: &Network) -> Result<(), Duration> {
        let counter = self.of_network.get(&action);
        counter.map_or(Ok(()), |counter| counter.count(network))
    }

    /// Counts a press by its network and its session.
    fn count_press(&self, network: &Network, session: &SessionId) -> Result<(), Duration> {
        self.network_attempts.count(network)?;
        self.count(Action::Press, network)?;
        let counted = self.session_presses.count(session);
        counted.inspect_err(|_| self.give_back(Action::Press, network))
    }

    fn give_back(&self, action: Action, network: &Network) {
        if let Some(counter) = self.of_network.get(&action) {
            counter.give_back(network);
        }
    }
}

impl Charge {
    /// Nothing was done: it counts as if nobody had asked.
    pub fn give_back(self) {
        let Self(Some(charged)) = self else {
            return;
        };
        charged.counters.give_back(charged.action, &charged.network);
        if let Some(press) = &charged.press {
            if let Some(visitor) = press.visitor {
                charged
                    .counters
                    .counted_presses
                    .remove(&(visitor, press.id));
                charged.counters.visitor_presses.give_back(&visitor);
            }
            charged.counters.session_presses.give_back(&press.session);
        }
    }

    /// It was tried: gives back what came to nothing, and hands on what came of it.
    ///
    /// # Errors
    /// Those that are handed in.
    pub fn of<T>(self, done: Result<T, ClipsError>) -> Result<T, ClipsError> {
        match &done {
            Err(error) if is_free(error) => self.give_back(),
            Ok(_) | Err(_) => {}
        }
        done
    }
}

/// Whether what was refused so is given back: the server could not, or the rules said no to what was honestly asked. Guesses,
/// and what holds a lock to find out, are not.
fn is_free(error: &ClipsError) -> bool {
    match error {
        ClipsError::Press(_)
        | ClipsError::Act(_)
        | ClipsError::TooManyLinks
        | ClipsError::Conflict
        | ClipsError::Invalid(_)
        | ClipsError::Busy { .. }
        | ClipsError::Away
        | ClipsError::Broken => true,
        ClipsError::NotFound
        | ClipsError::Forbidden(_)
        | ClipsError::DeadLink
        | ClipsError::OtherAct
        | ClipsError::NoTimestamp
        | ClipsError::NoModeration
        | ClipsError::Edited { .. }
        | ClipsError::EditedSince
        | ClipsError::Staff
        | ClipsError::OtherSite
        | ClipsError::TooMany { .. } => false,
    }
}

/// Whole seconds, rounded up: who comes back after them is let through.
fn too_many(wait: Duration) -> ClipsError {
    let seconds = wait.as_millis().div_ceil(1_000).max(1);
    ClipsError::TooMany {
        seconds: u16::try_from(seconds).unwrap_or(u16::MAX),
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::{seed::Seed, world};

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
            address_controls: number(5),
            address_exports: number(5),
            address_erasures: number(5),
            address_lookups: number(5),
        }
    }

    fn from(address: &str) -> Caller {
        Caller::Browser(Browser {
            visitor: VisitorId(world::random_uuid()),
            seed: Seed::random(),
            network: Network::of(address.parse().unwrap()),
            is_new: false,
        })
    }

    fn press() -> TimestampId {
        TimestampId(world::random_uuid())
    }

    fn session() -> SessionId {
        SessionId(world::random_uuid())
    }

    /// How many of a hundred pass.
    fn passed(mut attempt: impl FnMut() -> Result<Charge, ClipsError>) -> usize {
        (0..100).filter(|_| attempt().is_ok()).count()
    }

    #[test]
    fn a_visitor_who_never_lets_go_takes_nothing_from_the_network() {
        let limits = Limits::new(&settings());
        let (one, session) = (from("192.0.2.1"), session());
        assert_eq!(passed(|| limits.charge_press(one, session, press())), 5);
        assert_eq!(
            passed(|| limits.charge_press(from("192.0.2.1"), session, press())),
            3
        );
    }

    #[test]
    fn without_a_cookie_the_network_is_counted_alone() {
        let limits = Limits::new(&settings());
        let Caller::Browser(browser) = from("192.0.2.1") else {
            panic!("a browser");
        };
        let new = Browser {
            is_new: true,
            ..browser
        };
        assert_eq!(
            passed(|| limits.charge_press(new.into(), session(), press())),
            8
        );
    }

    #[test]
    fn a_session_has_a_limit_over_all_networks() {
        let limits = Limits::new(&settings());
        let session = session();
        let mut network = 0;
        let flood = || {
            network += 1;
            limits.charge_press(from(&format!("192.0.2.{network}")), session, press())
        };
        assert_eq!(passed(flood), 20);
    }

    #[test]
    fn every_action_has_a_limit_of_its_own() {
        let limits = Limits::new(&settings());
        let one = from("2001:db8::1");
        for action in Action::ALL {
            let most = action.quota(&settings()).burst_size().get() as usize;
            assert_eq!(passed(|| limits.charge(one, action)), most, "{action:?}");
        }
        let other = from("2001:db8:0:1::1");
        for action in Action::ALL {
            assert!(limits.charge(other, action).is_ok(), "{action:?}");
        }
    }

    #[test]
    fn what_came_to_nothing_is_given_back_whatever_it_was() {
        let limits = Limits::new(&settings());
        let (one, session) = (from("192.0.2.1"), session());
        let busy = || Err::<(), _>(ClipsError::Busy { seconds: 1 });
        for action in Action::ALL {
            let tried = || {
                limits
                    .charge(one, action)
                    .map(|charge| drop(charge.of(busy())))
            };
            assert!((0..100).all(|_| tried().is_ok()), "{action:?}");
        }
        // As many as are tried for those that are taken.
        let tried = || {
            let charge = limits.charge_press(one, session, press())?;
            let _ = charge.of(busy());
            Ok::<_, ClipsError>(())
        };
        assert_eq!((0..100).filter(|_| tried().is_ok()).count(), 80);
    }

    #[test]
    fn a_press_that_its_session_has_no_room_for_takes_nothing_from_its_visitor() {
        let limits = Limits::new(&settings());
        let (full, other) = (session(), session());
        for network in 0..20 {
            let somebody = from(&format!("192.0.2.{network}"));
            assert!(limits.charge_press(somebody, full, press()).is_ok());
        }
        let one = from("198.51.100.1");
        for _ in 0..5 {
            assert!(limits.charge_press(one, full, press()).is_err());
        }
        assert_eq!(passed(|| limits.charge_press(one, other, press())), 5);
    }

    #[test]
    fn a_press_is_counted_once_however_often_it_is_sent() {
        let limits = Limits::new(&settings());
        let (one, session) = (from("192.0.2.1"), session());
        let presses: Vec<_> = (0..5).map(|_| press()).collect();
        for id in presses.iter().cycle().take(50) {
            assert!(limits.charge_press(one, session, *id).is_ok());
        }
        assert!(limits.charge_press(one, session, press()).is_err());
        // Another visitor's with the same id is another one.
        let other = from("192.0.2.1");
        let passed = presses.iter().filter(|id| {
            let charged = limits.charge_press(other, session, **id);
            charged.is_ok()
        });
        assert_eq!(passed.count(), 3);
    }

    #[test]
    fn a_guess_is_not_given_back() {
        let limits = Limits::new(&settings());
        let one = from("192.0.2.1");
        let guess = || {
            let charge = limits.charge(one, Action::Redeem)?;
            charge.of(Err::<(), _>(ClipsError::DeadLink))
        };
        let guesses = (0..100).filter(|_| guess() == Err(ClipsError::DeadLink));
        assert_eq!(guesses.count(), 3);
    }

    #[test]
    fn what_is_not_limited_is_not_counted() {
        let limits = Limits::new(&Settings {
            limited: false,
            ..settings()
        });
        assert_eq!(
            passed(|| limits.charge_press(from("192.0.2.1"), session(), press())),
            100
        );
    }

    #[test]
    fn the_wait_is_told_in_whole_seconds_and_is_never_too_short() {
        for (wait, seconds) in [(1, 1), (999, 1), (1_000, 1), (1_001, 2), (9_500, 10)] {
            let told = too_many(Duration::from_millis(wait));
            assert_eq!(told, ClipsError::TooMany { seconds });
        }
    }
}
