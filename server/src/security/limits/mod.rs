//! How often one may do what costs something: by client network, and for presses by visitor and by session too.
//!
//! What was counted and then not done, since the server or the rules refused it or nobody waited for it, is given back: after
//! an outage the retries of honest viewers must not run them into their limit. Ten times as much is tried as is taken, at most.

mod action;
mod counter;
mod settings;

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

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

/// How much more is tried than is taken, at most: what comes to nothing is given back, and costs something all the same.
const ATTEMPTS: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// What is limited. Cheap to clone.
#[derive(Clone)]
pub struct Limits(Option<Arc<Counters>>);

struct Counters {
    /// Stops who makes up a new visitor for everything.
    of_network: HashMap<Action, OfNetwork>,
    /// Stops one browser that never lets go of the button.
    visitor_presses: Counter<VisitorId>,
    /// Nothing of it is given back: a browser that sends one press again and again uses up nothing of what its network tries.
    visitor_tries: Counter<VisitorId>,
    /// Keeps a flood from many networks out of one list, while its moderators can still do something about it.
    session_presses: Counter<SessionId>,
    /// The presses of late that were counted. One that is sent again, since its answer was lost or did not come in time, is
    /// no further one.
    presses: Cache<PressKey, Counted>,
}

/// How often one client network does something.
struct OfNetwork {
    taken: Counter<Network>,
    /// Nothing of it is given back.
    tried: Counter<Network>,
}

/// Names a press, as the database does, and its visitor.
type PressKey = (VisitorId, SessionId, TimestampId);

/// How a press was counted.
#[derive(Clone)]
enum Counted {
    /// It is under way: all that send it share this.
    UnderWay(Weak<PressCharge>),
    /// It was taken.
    Kept,
}

/// How many presses are remembered as counted: what a crowd sends within some seconds.
const REMEMBERED_PRESSES: usize = 100_000;

/// What was counted of one call. It is given back when this is dropped, unless it is kept.
#[must_use = "what is done has to be kept"]
pub struct Charge(Option<Charged>);

enum Charged {
    Once(ActionCharge),
    Press(Arc<PressCharge>),
}

struct ActionCharge {
    counters: Arc<Counters>,
    action: Action,
    network: Network,
    is_kept: bool,
}

/// A press, which is counted by its visitor and its session, too; shared by those that send it at the same time.
struct PressCharge {
    counters: Arc<Counters>,
    key: PressKey,
    network: Network,
    /// Whether it was counted by its visitor.
    has_visitor: bool,
    is_kept: AtomicBool,
}

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
        let of_network = Action::ALL.map(|action| {
            let quota = action.quota(settings);
            let counters = OfNetwork {
                taken: Counter::new(quota),
                tried: Counter::new(tries(quota)),
            };
            (action, counters)
        });
        Self(Some(Arc::new(Counters {
            of_network: of_network.into(),
            visitor_presses: Counter::new(visitor_presses),
            visitor_tries: Counter::new(tries(visitor_presses)),
            session_presses: Counter::new(Quota::per_minute(settings.session_presses)),
            presses: Cache::new(REMEMBERED_PRESSES),
        })))
    }

    /// How often this was done since the start, by everybody; zero where nothing is limited.
    pub fn charged(&self, action: Action) -> u64 {
        let counters = self.0.as_ref();
        let of_network = counters.and_then(|counters| counters.of_network.get(&action));
        of_network.map_or(0, |of_network| of_network.taken.counted())
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
        Ok(Charge(Some(Charged::Once(ActionCharge {
            counters: counters.clone(),
            action,
            network,
            is_kept: false,
        }))))
    }

    /// Counts a press, once however often it is sent.
    ///
    /// # Errors
    /// `ClipsError::TooMany` where the visitor, the network or the session had too many; nothing is counted then.
    pub fn charge_press(
        &self,
        browser: Browser,
        session: SessionId,
        id: TimestampId,
    ) -> Result<Charge, ClipsError> {
        let Some(counters) = &self.0 else {
            return Ok(Charge(None));
        };
        let (visitor, network) = (browser.visitor, browser.network);
        // The visitor first: one who never lets go uses up nothing of what their whole school may. Who has no cookie is
        // another one each time, and counted by the network alone.
        if !browser.is_new {
            counters.visitor_tries.count(&visitor).map_err(too_many)?;
        }
        let key = (visitor, session, id);
        let known = match counters.presses.get(&key) {
            Some(Counted::Kept) => Some(Charge(None)),
            Some(Counted::UnderWay(shared)) => {
                let shared = shared.upgrade();
                shared.map(|shared| Charge(Some(Charged::Press(shared))))
            }
            None => None,
        };
        if let Some(known) = known {
            counters
                .try_once(Action::Press, &network)
                .map_err(too_many)?;
            return Ok(known);
        }
        if !browser.is_new {
            counters.visitor_presses.count(&visitor).map_err(too_many)?;
        }
        let counted = counters.count(Action::Press, &network).and_then(|()| {
            let counted = counters.session_presses.count(&session);
            counted.inspect_err(|_| counters.give_back(Action::Press, &network))
        });
        if let Err(wait) = counted {
            if !browser.is_new {
                counters.visitor_presses.give_back(&visitor);
            }
            return Err(too_many(wait));
        }
        let shared = Arc::new(PressCharge {
            counters: counters.clone(),
            key,
            network,
            has_visitor: !browser.is_new,
            is_kept: AtomicBool::new(false),
        });
        let under_way = Counted::UnderWay(Arc::downgrade(&shared));
        counters.presses.insert(key, under_way);
        Ok(Charge(Some(Charged::Press(shared))))
    }
}

/// How often something is tried that is taken as often as this quota says.
fn tries(quota: Quota) -> Quota {
    let tries = Quota::with_period(quota.replenish_interval() / ATTEMPTS.get());
    let burst = quota.burst_size().saturating_mul(ATTEMPTS);
    // The interval is too short to be divided for more than a hundred million a second only.
    tries.unwrap_or(quota).allow_burst(burst)
}

impl Counters {
    fn try_once(&self, action: Action, network: &Network) -> Result<(), Duration> {
        let of_network = self.of_network.get(&action);
        of_network.map_or(Ok(()), |of_network| of_network.tried.count(network))
    }

    fn count(&self, action: Action, network: &Network) -> Result<(), Duration> {
        self.try_once(action, network)?;
        let of_network = self.of_network.get(&action);
        of_network.map_or(Ok(()), |of_network| of_network.taken.count(network))
    }

    fn give_back(&self, action: Action, network: &Network) {
        if let Some(of_network) = self.of_network.get(&action) {
            of_network.taken.give_back(network);
        }
    }
}

impl Charge {
    /// It was done.
    pub fn keep(self) {
        match self.0 {
            Some(Charged::Once(mut charge)) => charge.is_kept = true,
            Some(Charged::Press(charge)) => {
                charge.is_kept.store(true, Relaxed);
                charge.counters.presses.insert(charge.key, Counted::Kept);
            }
            None => {}
        }
    }

    /// It was tried: keeps what came to something, and hands on what came of it.
    ///
    /// # Errors
    /// Those that are handed in.
    pub fn of<T>(self, done: Result<T, ClipsError>) -> Result<T, ClipsError> {
        match &done {
            Err(error) if is_free(error) => {}
            Ok(_) | Err(_) => self.keep(),
        }
        done
    }
}

impl Drop for ActionCharge {
    fn drop(&mut self) {
        if !self.is_kept {
            self.counters.give_back(self.action, &self.network);
        }
    }
}

impl Drop for PressCharge {
    fn drop(&mut self) {
        if *self.is_kept.get_mut() {
            return;
        }
        let (visitor, session, _) = &self.key;
        self.counters.give_back(Action::Press, &self.network);
        self.counters.session_presses.give_back(session);
        if self.has_visitor {
            self.counters.visitor_presses.give_back(visitor);
        }
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

    fn from(address: &str) -> Browser {
        Browser {
            visitor: VisitorId(world::random_uuid()),
            seed: Seed::random(),
            network: Network::of(address.parse().unwrap()),
            is_new: false,
        }
    }

    fn press() -> TimestampId {
        TimestampId(world::random_uuid())
    }

    fn session() -> SessionId {
        SessionId(world::random_uuid())
    }

    /// How many of a hundred pass.
    fn passed(mut attempt: impl FnMut() -> Result<Charge, ClipsError>) -> usize {
        (0..100)
            .filter(|_| attempt().map(Charge::keep).is_ok())
            .count()
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
        let new = Browser {
            is_new: true,
            ..from("192.0.2.1")
        };
        assert_eq!(passed(|| limits.charge_press(new, session(), press())), 8);
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
            assert_eq!(
                passed(|| limits.charge(one.into(), action)),
                most,
                "{action:?}"
            );
        }
        let other = from("2001:db8:0:1::1");
        for action in Action::ALL {
            assert!(limits.charge(other.into(), action).is_ok(), "{action:?}");
        }
    }

    #[test]
    fn what_came_to_nothing_is_given_back_and_tried_ten_times_as_often_at_most() {
        let limits = Limits::new(&settings());
        let (one, session) = (from("192.0.2.1"), session());
        let busy = || Err::<(), _>(ClipsError::Busy { seconds: 1 });
        for action in Action::ALL {
            let most = action.quota(&settings()).burst_size().get() as usize;
            let tried = (0..200).map_while(|_| limits.charge(one.into(), action).ok());
            let tried: Vec<_> = tried.map(|charge| charge.of(busy())).collect();
            assert_eq!(tried.len(), 10 * most, "{action:?}");
        }
        let other = from("192.0.2.2");
        let tried = (0..200).map_while(|_| limits.charge_press(other, session, press()).ok());
        let tried: Vec<_> = tried.map(|charge| charge.of(busy())).collect();
        assert_eq!(tried.len(), 50);
        // Others of their network try on.
        let others = (0..200).map_while(|_| {
            let somebody = from("192.0.2.2");
            limits.charge_press(somebody, session, press()).ok()
        });
        assert_eq!(others.map(drop).collect::<Vec<_>>().len(), 30);
        // Whoever hangs up before it is known what came of it has done nothing.
        let third = from("192.0.2.3");
        for _ in 0..20 {
            drop(limits.charge_press(third, session, press()));
        }
        assert_eq!(passed(|| limits.charge_press(third, session, press())), 5);
    }

    #[test]
    fn a_press_that_its_session_has_no_room_for_takes_nothing_from_its_visitor() {
        let limits = Limits::new(&settings());
        let (full, other) = (session(), session());
        for network in 0..20 {
            let somebody = from(&format!("192.0.2.{network}"));
            let charge = limits.charge_press(somebody, full, press());
            charge.unwrap().keep();
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
        let (one, here) = (from("192.0.2.1"), session());
        let presses: Vec<_> = (0..5).map(|_| press()).collect();
        for id in presses.iter().cycle().take(50) {
            limits.charge_press(one, here, *id).unwrap().keep();
        }
        assert!(limits.charge_press(one, here, press()).is_err());
        // With the same id it is another one in another session, and of another visitor.
        let (elsewhere, other) = (session(), from("192.0.2.1"));
        assert!(limits.charge_press(one, elsewhere, presses[0]).is_err());
        let mut ids = presses.iter().cycle();
        let next = || limits.charge_press(other, here, *ids.next().unwrap());
        assert_eq!(passed(next), 18);
        assert_eq!(limits.charged(Action::Press), 8);
    }

    #[test]
    fn of_those_that_send_a_press_at_the_same_time_one_that_is_taken_is_enough_to_count_it() {
        let limits = Limits::new(&settings());
        let (one, session) = (from("192.0.2.1"), session());
        for taken in 0..3 {
            let id = press();
            let sent = (0..3).map(|_| limits.charge_press(one, session, id).unwrap());
            for (at, charge) in sent.collect::<Vec<_>>().into_iter().enumerate() {
                let answer = match at == taken {
                    true => Ok(()),
                    false => Err(ClipsError::Busy { seconds: 1 }),
                };
                let _ = charge.of(answer);
            }
            assert_eq!(limits.charged(Action::Press), taken as u64 + 1);
        }
    }

    #[test]
    fn a_guess_is_not_given_back() {
        let limits = Limits::new(&settings());
        let one = from("192.0.2.1");
        let guess = || {
            let charge = limits.charge(one.into(), Action::Redeem)?;
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
