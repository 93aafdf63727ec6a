//! Limits on live streams: in total, per session, per client network, and per visitor.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Settings;
use crate::{
    keyed_counter::KeyedCounter,
    limit_exceeded::LimitExceeded,
    security::{client_network::ClientNetwork, principal::RateLimitKeys},
    store::{SessionId, VisitorId},
};

/// The open streams, counted. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct StreamLimits(Arc<Mutex<Taken>>);

#[derive(Default)]
struct Taken {
    all: usize,
    of_session: KeyedCounter<SessionId>,
    of_network: KeyedCounter<ClientNetwork>,
    of_visitor: KeyedCounter<VisitorId>,
}

/// The right to one live stream; its place is freed when this is dropped.
pub struct StreamPermit {
    limits: StreamLimits,
    session: SessionId,
    keys: RateLimitKeys,
}

impl StreamLimits {
    /// Takes a place.
    pub(super) fn take(
        &self,
        settings: &Settings,
        session: SessionId,
        keys: RateLimitKeys,
    ) -> Result<StreamPermit, LimitExceeded> {
        let RateLimitKeys { network, visitor } = keys;
        let mut taken = self.taken();
        let of_visitor = visitor.map_or(0, |visitor| taken.of_visitor.of(&visitor));
        if of_visitor >= settings.visitor_streams {
            return Err(LimitExceeded::Visitor);
        }
        if taken.of_network.of(&network) >= settings.network_streams {
            return Err(LimitExceeded::ClientNetwork);
        }
        if taken.of_session.of(&session) >= settings.session_streams {
            return Err(LimitExceeded::Session);
        }
        if taken.all >= settings.streams {
            return Err(LimitExceeded::Server);
        }
        taken.all += 1;
        taken.of_session.add(session);
        taken.of_network.add(network);
        if let Some(visitor) = visitor {
            taken.of_visitor.add(visitor);
        }
        Ok(StreamPermit {
            limits: self.clone(),
            session,
            keys,
        })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        let mut taken = self.limits.taken();
        taken.all = taken.all.saturating_sub(1);
        taken.of_session.remove(&self.session);
        taken.of_network.remove(&self.keys.network);
        if let Some(visitor) = &self.keys.visitor {
            taken.of_visitor.remove(visitor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random;

    #[test]
    fn a_place_that_is_given_back_can_be_taken_again() {
        let settings = Settings {
            streams: 3,
            session_streams: 2,
            network_streams: 2,
            visitor_streams: 1,
            ..Settings::default()
        };
        let limits = StreamLimits::default();
        let network = |last| ClientNetwork::of([192, 0, 2, last].into());
        let take = |session, last, visitor| {
            let keys = RateLimitKeys {
                network: network(last),
                visitor: Some(visitor),
            };
            limits.take(&settings, session, keys)
        };
        let [one, other] = [(); 2].map(|()| SessionId(random::uuid()));
        let [anna, bert, carl, dora] = [(); 4].map(|()| VisitorId(random::uuid()));

        let first = take(one, 1, anna).ok();
        assert_eq!(take(other, 1, anna).err(), Some(LimitExceeded::Visitor));
        let second = take(one, 1, bert).ok();
        assert_eq!(
            take(other, 1, carl).err(),
            Some(LimitExceeded::ClientNetwork)
        );
        assert_eq!(take(one, 2, carl).err(), Some(LimitExceeded::Session));
        let third = take(other, 2, carl).ok();
        assert_eq!(take(other, 2, dora).err(), Some(LimitExceeded::Server));

        drop(first);
        assert!(take(one, 1, anna).is_ok());
        drop((second, third));
        let taken = limits.taken();
        assert_eq!(taken.all, 0);
        assert!(taken.of_session.is_empty());
        assert!(taken.of_network.is_empty() && taken.of_visitor.is_empty());
    }
}
