//! Rate limits: by client network, and for presses and joins also by visitor and by session (`counted_once.rs`).
//!
//! What was counted but not done, because the server or a rule refused it or the caller stopped waiting, is refunded: after
//! an outage, the retries of honest viewers must not exceed their limit. At most ten times as many attempts as actions are
//! allowed.

mod counted_once;
mod quotas;
mod rate_limiter;
mod settings;

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub use app::domain::limited_action::Action;
use app::{
    domain::{invalid_input::InvalidInput, moments::moment::MomentId, timestamp::TimestampId},
    service::ServiceError,
};
use governor::Quota;

pub use self::settings::Settings;
use self::{
    counted_once::{CountedOnce, Once, SharedCharge},
    rate_limiter::KeyedRateLimiter,
};
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
    presses: CountedOnce,
    joins: CountedOnce,
    /// Held from looking up a press or join until it is inserted. Otherwise, two attempts at the same time would both find
    /// nothing, and be counted twice. It is held for about a microsecond, and nothing is awaited meanwhile.
    charging: Mutex<()>,
}

/// How often one client network does something.
struct OfNetwork {
    taken: KeyedRateLimiter<ClientNetwork>,
    /// Never refunded.
    tried: KeyedRateLimiter<ClientNetwork>,
}

/// The charge for one call. It is refunded when this is dropped, unless it is kept.
#[must_use = "what is done has to be kept"]
pub struct Charge(Option<Charged>);

enum Charged {
    Action(ActionCharge),
    Once(Arc<SharedCharge>),
}

struct ActionCharge {
    counters: Arc<Counters>,
    action: Action,
    network: ClientNetwork,
    is_kept: bool,
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
            // Of the same size, but each its own: whoever joins moments can still press.
            presses: CountedOnce::new(settings),
            joins: CountedOnce::new(settings),
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
        Ok(Charge(Some(Charged::Action(ActionCharge {
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
        (visitor, session, TimestampId(press)): (VisitorId, SessionId, TimestampId),
    ) -> Result<Charge, ServiceError> {
        self.charge_once(keys, Once::Press, (visitor, session, press))
    }

    /// Charges the joining of a moment, once however often it is sent.
    ///
    /// # Errors
    /// As `charge_press`.
    pub fn charge_join(
        &self,
        keys: RateLimitKeys,
        (visitor, session, MomentId(moment)): (VisitorId, SessionId, MomentId),
    ) -> Result<Charge, ServiceError> {
        self.charge_once(keys, Once::Join, (visitor, session, moment))
    }

    fn charge_once(
        &self,
        keys: RateLimitKeys,
        of: Once,
        what: counted_once::Key,
    ) -> Result<Charge, ServiceError> {
        let Some(counters) = &self.counters else {
            return Ok(Charge(None));
        };
        let counted = counters.charge_once(keys, of, what);
        counted.map_err(|wait| self.refused(of.action(), wait))
    }

    /// Whether client networks are limited at all.
    pub fn are_on(&self) -> bool {
        self.counters.is_some()
    }

    /// What is answered to whoever has exceeded a limit of this action, counted.
    pub(crate) fn refused(&self, action: Action, wait: Duration) -> ServiceError {
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
            Some(Charged::Action(mut charge)) => charge.is_kept = true,
            Some(Charged::Once(charge)) => charge.keep(),
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

/// Whether an attempt that failed like this is refunded: the server could not, or a rule refused an honest request. Guesses
/// are not, nor is an edit of ranges that a full session refuses under its lock: whoever has filled it could have others wait
/// for nothing.
fn is_free(error: &ServiceError) -> bool {
    match error {
        ServiceError::NotFound
        | ServiceError::Forbidden(_)
        | ServiceError::InvalidLink
        | ServiceError::Invalid(InvalidInput::TooManyRanges)
        | ServiceError::ModerationConflict
        | ServiceError::NoTimestamp
        | ServiceError::NoMoment
        | ServiceError::NoModeration
        | ServiceError::Edited { .. }
        | ServiceError::TitleEdited { .. }
        | ServiceError::ClipEdited { .. }
        | ServiceError::StateEdited(_)
        | ServiceError::RangeEdited { .. }
        | ServiceError::EditedSince
        | ServiceError::TargetIsStaff
        | ServiceError::OtherSite
        | ServiceError::RateLimited { .. } => false,
        ServiceError::Press(_)
        | ServiceError::Act(_)
        | ServiceError::TooManyLinks
        | ServiceError::SessionActive
        | ServiceError::Conflict
        | ServiceError::Invalid(_)
        | ServiceError::Unavailable { .. }
        | ServiceError::Unreachable
        | ServiceError::RefusedOnTheWay
        | ServiceError::Internal => true,
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
