//! Rate limits: by client network, and for presses also by visitor and by session.
//!
//! What was counted but not done, because the server or a rule refused it or the caller stopped waiting, is refunded: after
//! an outage, the retries of honest viewers must not exceed their limit. At most ten times as many attempts as actions are
//! allowed.

mod quotas;
mod rate_limiter;
mod settings;

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

pub use app::domain::limited_action::Action;
use app::{domain::timestamp::TimestampId, service::ServiceError};
use governor::Quota;
use quick_cache::sync::Cache;

use self::rate_limiter::KeyedRateLimiter;
pub use self::settings::Settings;
use super::{client_network::ClientNetwork, principal::RateLimitKeys};
use crate::{
    metrics::{Metrics, Refusals},
    store::{SessionId, VisitorId},
};

#[cfg(test)]
mod tests;

/// How many attempts are allowed per allowed action: a refunded attempt still costs something.
const ATTEMPTS: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// The rate limits. Cheap to clone.
#[derive(Clone)]
pub struct Limits {
    /// `None` if nothing is limited.
    counters: Option<Arc<Counters>>,
    refusals: Refusals,
}

struct Counters {
    /// Stops a client that invents a new visitor for everything.
    of_network: HashMap<Action, OfNetwork>,
    /// Stops one browser that keeps pressing the button.
    visitor_presses: KeyedRateLimiter<VisitorId>,
    /// Never refunded: a browser that sends one press again and again uses up none of its network's attempts.
    visitor_tries: KeyedRateLimiter<VisitorId>,
    /// Keeps a flood from many networks out of one list while its moderators can still act.
    session_presses: KeyedRateLimiter<SessionId>,
    /// The presses that were counted recently. A press that is sent again, because its answer was lost or late, is not
    /// counted again.
    presses: Cache<PressKey, CountedPress>,
    /// Held from looking up a press in `presses` until it is inserted. Otherwise, two attempts at the same time would both
    /// find nothing, and be counted twice. It is held for about a microsecond, and nothing is awaited meanwhile.
    charging: Mutex<()>,
}

/// How often one client network does something.
struct OfNetwork {
    taken: KeyedRateLimiter<ClientNetwork>,
    /// Never refunded.
    tried: KeyedRateLimiter<ClientNetwork>,
}

/// Identifies a press, as the database does, and its visitor.
pub type PressKey = (VisitorId, SessionId, TimestampId);

/// How a press was counted.
#[derive(Clone)]
enum CountedPress {
    /// In progress: all requests that send it share this.
    UnderWay(Weak<PressCharge>),
    /// It was accepted.
    Kept,
}

/// How many presses are remembered as counted: as many as a crowd sends within a few seconds.
const REMEMBERED_PRESSES: usize = 100_000;

/// The charge for one call. It is refunded when this is dropped, unless it is kept.
#[must_use = "what is done has to be kept"]
pub struct Charge(Option<Charged>);

enum Charged {
    Once(ActionCharge),
    Press(Arc<PressCharge>),
}

struct ActionCharge {
    counters: Arc<Counters>,
    action: Action,
    network: ClientNetwork,
    is_kept: bool,
}

/// The charge for a press, which is also counted by visitor and by session; shared by requests that send it at the same
/// time.
struct PressCharge {
    counters: Arc<Counters>,
    press: PressKey,
    /// The other keys by which it was counted.
    keys: RateLimitKeys,
    is_kept: AtomicBool,
}

impl Limits {
    /// Nothing is limited.
    pub fn none() -> Self {
        Self {
            counters: None,
            refusals: Refusals::default(),
        }
    }

    /// The limits that the operator has configured.
    pub fn new(settings: &Settings) -> Self {
        if !settings.limited {
            return Self::none();
        }
        let pause = Duration::from_secs(settings.press_seconds.get().into());
        // An interval of at least a second, for which there is always a quota.
        let visitor_presses = Quota::with_period(pause)
            .unwrap_or(Quota::per_second(settings.press_burst))
            .allow_burst(settings.press_burst);
        let of_network = Action::ALL.map(|action| {
            let quota = quotas::quota(action, settings);
            let counters = OfNetwork {
                taken: KeyedRateLimiter::new(quota),
                tried: KeyedRateLimiter::new(attempt_quota(quota)),
            };
            (action, counters)
        });
        let counters = Counters {
            of_network: of_network.into(),
            visitor_presses: KeyedRateLimiter::new(visitor_presses),
            visitor_tries: KeyedRateLimiter::new(attempt_quota(visitor_presses)),
            session_presses: KeyedRateLimiter::new(Quota::per_minute(settings.session_presses)),
            presses: Cache::new(REMEMBERED_PRESSES),
            charging: Mutex::new(()),
        };
        Self {
            counters: Some(Arc::new(counters)),
            ..Self::none()
        }
    }

    /// The same, with refusals counted in the metrics.
    pub fn counted(self, metrics: &Metrics) -> Self {
        Self {
            refusals: metrics.limits.clone(),
            ..self
        }
    }

    /// How often this was done by everybody since start-up; zero if nothing is limited.
    pub fn charged(&self, action: Action) -> u64 {
        let counters = self.counters.as_ref();
        let of_network = counters.and_then(|counters| counters.of_network.get(&action));
        of_network.map_or(0, |of_network| of_network.taken.counted())
    }

    /// Charges an action.
    ///
    /// # Errors
    /// `ServiceError::RateLimited` if the network has exceeded its limit; nothing is counted then.
    pub fn charge(&self, keys: RateLimitKeys, action: Action) -> Result<Charge, ServiceError> {
        let Some(counters) = &self.counters else {
            return Ok(Charge(None));
        };
        let network = keys.network;
        let counted = counters.count(action, &network);
        counted.map_err(|wait| self.refused(action, wait))?;
        Ok(Charge(Some(Charged::Once(ActionCharge {
            counters: counters.clone(),
            action,
            network,
            is_kept: false,
        }))))
    }

    /// Charges a press, once however often it is sent.
    ///
    /// # Errors
    /// `ServiceError::RateLimited` if the visitor, the network or the session has exceeded its limit; nothing is counted
    /// then.
    pub fn charge_press(
        &self,
        keys: RateLimitKeys,
        press: PressKey,
    ) -> Result<Charge, ServiceError> {
        let Some(counters) = &self.counters else {
            return Ok(Charge(None));
        };
        let counted = counters.charge_press(keys, press);
        counted.map_err(|wait| self.refused(Action::Press, wait))
    }

    fn refused(&self, action: Action, wait: Duration) -> ServiceError {
        self.refusals.of(action).inc();
        too_many(action, wait)
    }
}

/// How many attempts this quota of actions allows.
fn attempt_quota(quota: Quota) -> Quota {
    let tries = Quota::with_period(quota.replenish_interval() / ATTEMPTS.get());
    let burst = quota.burst_size().saturating_mul(ATTEMPTS);
    // The interval is too short to divide only for more than a hundred million per second.
    tries.unwrap_or(quota).allow_burst(burst)
}

impl Counters {
    /// Charges a press, or returns how long to wait.
    fn charge_press(
        self: &Arc<Self>,
        keys: RateLimitKeys,
        press: PressKey,
    ) -> Result<Charge, Duration> {
        let RateLimitKeys { network, visitor } = keys;
        // The visitor first: one who keeps pressing uses up none of their whole school's quota. A client without a cookie
        // is a new visitor each time, and counted by the network alone.
        if let Some(visitor) = visitor {
            self.visitor_tries.count(&visitor)?;
        }
        let _charging = self.charging();
        let known = match self.presses.get(&press) {
            Some(CountedPress::Kept) => Some(Charge(None)),
            Some(CountedPress::UnderWay(shared)) => {
                let shared = shared.upgrade();
                shared.map(|shared| Charge(Some(Charged::Press(shared))))
            }
            None => None,
        };
        if let Some(known) = known {
            self.try_once(Action::Press, &network)?;
            return Ok(known);
        }
        if let Some(visitor) = visitor {
            self.visitor_presses.count(&visitor)?;
        }
        let (_, session, _) = press;
        let counted = self.count(Action::Press, &network).and_then(|()| {
            let counted = self.session_presses.count(&session);
            counted.inspect_err(|_| self.give_back(Action::Press, &network))
        });
        if let Err(wait) = counted {
            if let Some(visitor) = visitor {
                self.visitor_presses.give_back(&visitor);
            }
            return Err(wait);
        }
        let shared = Arc::new(PressCharge {
            counters: self.clone(),
            press,
            keys,
            is_kept: AtomicBool::new(false),
        });
        let under_way = CountedPress::UnderWay(Arc::downgrade(&shared));
        self.presses.insert(press, under_way);
        Ok(Charge(Some(Charged::Press(shared))))
    }

    fn charging(&self) -> MutexGuard<'_, ()> {
        self.charging.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_once(&self, action: Action, network: &ClientNetwork) -> Result<(), Duration> {
        let of_network = self.of_network.get(&action);
        of_network.map_or(Ok(()), |of_network| of_network.tried.count(network))
    }

    fn count(&self, action: Action, network: &ClientNetwork) -> Result<(), Duration> {
        self.try_once(action, network)?;
        let of_network = self.of_network.get(&action);
        of_network.map_or(Ok(()), |of_network| of_network.taken.count(network))
    }

    fn give_back(&self, action: Action, network: &ClientNetwork) {
        if let Some(of_network) = self.of_network.get(&action) {
            of_network.taken.give_back(network);
        }
    }
}

impl Charge {
    /// The action was done.
    pub fn keep(self) {
        match self.0 {
            Some(Charged::Once(mut charge)) => charge.is_kept = true,
            Some(Charged::Press(charge)) => {
                charge.is_kept.store(true, Relaxed);
                // Another attempt either shares this charge, which still exists, or finds that it was kept.
                let _charging = charge.counters.charging();
                charge
                    .counters
                    .presses
                    .insert(charge.press, CountedPress::Kept);
            }
            None => {}
        }
    }

    /// The action was attempted: keeps the charge unless the error is refunded, and passes on the result.
    ///
    /// # Errors
    /// Those that are passed in.
    pub fn of<T>(self, done: Result<T, ServiceError>) -> Result<T, ServiceError> {
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
        let (_, session, _) = &self.press;
        self.counters.give_back(Action::Press, &self.keys.network);
        self.counters.session_presses.give_back(session);
        if let Some(visitor) = &self.keys.visitor {
            self.counters.visitor_presses.give_back(visitor);
        }
    }
}

/// Whether an attempt that failed like this is refunded: the server could not, or a rule refused an honest request. Guesses
/// are not, nor is anything that needs a lock to find out.
fn is_free(error: &ServiceError) -> bool {
    match error {
        ServiceError::Press(_)
        | ServiceError::Act(_)
        | ServiceError::TooManyLinks
        | ServiceError::SessionActive
        | ServiceError::Conflict
        | ServiceError::Invalid(_)
        | ServiceError::Unavailable { .. }
        | ServiceError::Unreachable
        | ServiceError::Internal => true,
        ServiceError::NotFound
        | ServiceError::Forbidden(_)
        | ServiceError::InvalidLink
        | ServiceError::ModerationConflict
        | ServiceError::NoTimestamp
        | ServiceError::NoMoment
        | ServiceError::NoModeration
        | ServiceError::Edited { .. }
        | ServiceError::TitleEdited { .. }
        | ServiceError::ClipEdited { .. }
        | ServiceError::EditedSince
        | ServiceError::TargetIsStaff
        | ServiceError::OtherSite
        | ServiceError::RateLimited { .. } => false,
    }
}

/// Whole seconds, rounded up, so that a client that waits this long is let through.
fn too_many(action: Action, wait: Duration) -> ServiceError {
    let seconds = wait.as_millis().div_ceil(1_000).max(1);
    ServiceError::RateLimited {
        seconds: u16::try_from(seconds).unwrap_or(u16::MAX),
        action: Some(action),
    }
}
