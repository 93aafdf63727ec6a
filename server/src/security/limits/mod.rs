//! How often one may press, moderate, open sessions and redeem links: by visitor, by network and by session.

mod counter;
mod settings;

use std::{sync::Arc, time::Duration};

use app::clips::ClipsError;
use governor::Quota;

use self::counter::Counter;
pub use self::settings::Settings;
use super::{
    address::Network,
    caller::{Browser, Caller},
};
use crate::store::{SessionId, VisitorId};

/// What is limited. Cheap to clone.
#[derive(Clone)]
pub struct Limits(Option<Arc<Counters>>);

struct Counters {
    /// Stops one browser that never lets go of the button.
    visitor_presses: Counter<VisitorId>,
    /// Stops who makes up a new visitor for every press.
    network_presses: Counter<Network>,
    /// Keeps a flood from many networks out of one list, while its moderators can still do something about it.
    session_presses: Counter<SessionId>,
    /// Stops who fills the database with sessions.
    network_sessions: Counter<Network>,
    /// Stops who tries keys.
    network_redemptions: Counter<Network>,
    /// Stops who opens a session only to keep the database busy with what its streamer may.
    network_moderations: Counter<Network>,
    /// Stops who loads pages for nothing; a school behind one address opens a few thousand at once.
    network_loads: Counter<Network>,
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
        Self(Some(Arc::new(Counters {
            visitor_presses: Counter::new(visitor_presses),
            network_presses: Counter::new(Quota::per_minute(settings.address_presses)),
            session_presses: Counter::new(Quota::per_minute(settings.session_presses)),
            network_sessions: Counter::new(Quota::per_hour(settings.address_sessions)),
            network_redemptions: Counter::new(Quota::per_minute(settings.address_redemptions)),
            network_moderations: Counter::new(Quota::per_minute(settings.address_moderations)),
            network_loads: Counter::new(Quota::per_minute(settings.address_loads)),
        })))
    }

    /// Counts a press.
    ///
    /// # Errors
    /// `ClipsError::TooMany` where the visitor, the network or the session had too many.
    pub fn press(&self, caller: Caller, session: SessionId) -> Result<(), ClipsError> {
        let Some(counters) = &self.0 else {
            return Ok(());
        };
        // The visitor first: one who never lets go uses up nothing of what their whole school may.
        if let Caller::Browser(Browser { visitor, .. }) = &caller {
            counters.visitor_presses.count(visitor).map_err(too_many)?;
        }
        let network = counters.network_presses.count(&caller.network());
        network.map_err(too_many)?;
        counters.session_presses.count(&session).map_err(too_many)
    }

    /// Counts a new session.
    ///
    /// # Errors
    /// `ClipsError::TooMany` where the network opened too many.
    pub fn new_session(&self, caller: Caller) -> Result<(), ClipsError> {
        self.of_network(caller, |counters| &counters.network_sessions)
    }

    /// Counts an attempt to redeem a link.
    ///
    /// # Errors
    /// `ClipsError::TooMany` where the network made too many.
    pub fn redemption(&self, caller: Caller) -> Result<(), ClipsError> {
        self.of_network(caller, |counters| &counters.network_redemptions)
    }

    /// Counts a page, a snapshot or a live stream that is opened.
    ///
    /// # Errors
    /// `ClipsError::TooMany` where the network asked for too many.
    pub fn load(&self, caller: Caller) -> Result<(), ClipsError> {
        self.of_network(caller, |counters| &counters.network_loads)
    }

    /// Counts an act of moderation.
    ///
    /// # Errors
    /// `ClipsError::TooMany` where the network did too many.
    pub fn moderation(&self, caller: Caller) -> Result<(), ClipsError> {
        self.of_network(caller, |counters| &counters.network_moderations)
    }

    fn of_network(
        &self,
        caller: Caller,
        counter: fn(&Counters) -> &Counter<Network>,
    ) -> Result<(), ClipsError> {
        let Some(counters) = &self.0 else {
            return Ok(());
        };
        let network = counter(counters).count(&caller.network());
        network.map_err(too_many)
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
    use crate::world;

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
        }
    }

    fn from(address: &str) -> Caller {
        Caller::Browser(Browser {
            visitor: VisitorId(world::random_uuid()),
            network: Network::of(address.parse().unwrap()),
            is_new: false,
        })
    }

    fn session() -> SessionId {
        SessionId(world::random_uuid())
    }

    /// How many of a hundred pass.
    fn passed(mut attempt: impl FnMut() -> Result<(), ClipsError>) -> usize {
        (0..100).filter(|_| attempt().is_ok()).count()
    }

    #[test]
    fn a_visitor_who_never_lets_go_takes_nothing_from_the_network() {
        let limits = Limits::new(&settings());
        let (one, session) = (from("192.0.2.1"), session());
        assert_eq!(passed(|| limits.press(one, session)), 5);
        assert_eq!(passed(|| limits.press(from("192.0.2.1"), session)), 3);
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
        assert_eq!(passed(|| limits.press(new.into(), session())), 8);
    }

    #[test]
    fn a_session_has_a_limit_over_all_networks() {
        let limits = Limits::new(&settings());
        let session = session();
        let mut network = 0;
        let flood = || {
            network += 1;
            limits.press(from(&format!("192.0.2.{network}")), session)
        };
        assert_eq!(passed(flood), 20);
    }

    #[test]
    fn sessions_redemptions_and_moderations_have_limits_of_their_own() {
        let limits = Limits::new(&settings());
        let one = from("2001:db8::1");
        assert_eq!(passed(|| limits.new_session(one)), 2);
        assert_eq!(passed(|| limits.redemption(one)), 3);
        assert_eq!(passed(|| limits.moderation(one)), 4);
        assert!(limits.press(one, session()).is_ok());
    }

    #[test]
    fn what_is_not_limited_is_not_counted() {
        let limits = Limits::new(&Settings {
            limited: false,
            ..settings()
        });
        assert_eq!(passed(|| limits.press(from("192.0.2.1"), session())), 100);
    }

    #[test]
    fn the_wait_is_told_in_whole_seconds_and_is_never_too_short() {
        for (wait, seconds) in [(1, 1), (999, 1), (1_000, 1), (1_001, 2), (9_500, 10)] {
            let told = too_many(Duration::from_millis(wait));
            assert_eq!(told, ClipsError::TooMany { seconds });
        }
    }
}
