//! The exports that are under way: each holds a few thousand rows in memory, so there are only so many at the same time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::service::ServiceError;

use crate::{
    keyed_counter::KeyedCounter,
    security::{client_network::ClientNetwork, limits::Action},
};

/// How many are under way at the same time, with some 3 MB each at most: one takes a second for a hundred thousand rows.
const MOST: usize = 32;
/// How many of these are for one client network. Otherwise it could keep everybody else from exporting by reading slowly.
const MOST_OF_NETWORK: usize = 8;
/// Seconds until whoever found no place may try again.
const TRY_AGAIN_SECONDS: u16 = 5;

/// The exports that are under way, counted. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct OpenExports(Arc<Mutex<Open>>);

#[derive(Debug, Default)]
struct Open {
    all: usize,
    of_network: KeyedCounter<ClientNetwork>,
}

/// The right to one export; its place is free again when this is dropped.
#[derive(Debug)]
pub struct ExportPermit {
    exports: OpenExports,
    network: ClientNetwork,
}

impl OpenExports {
    /// A place for one more.
    ///
    /// # Errors
    /// `ServiceError::RateLimited` if this client network has as many as it may; `ServiceError::Unavailable` if all have.
    pub fn take(&self, network: ClientNetwork) -> Result<ExportPermit, ServiceError> {
        let seconds = TRY_AGAIN_SECONDS;
        let mut open = self.open();
        if open.of_network.of(&network) >= MOST_OF_NETWORK {
            let action = Some(Action::Export);
            return Err(ServiceError::RateLimited { seconds, action });
        }
        if open.all >= MOST {
            return Err(ServiceError::Unavailable { seconds });
        }
        open.all += 1;
        open.of_network.add(network);
        Ok(ExportPermit {
            exports: self.clone(),
            network,
        })
    }

    /// How many are under way.
    pub fn count(&self) -> usize {
        self.open().all
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ExportPermit {
    fn drop(&mut self) {
        let mut open = self.exports.open();
        open.all = open.all.saturating_sub(1);
        open.of_network.remove(&self.network);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_takes_some_of_the_places_and_all_together_no_more_than_there_are() {
        let exports = OpenExports::default();
        let network = |last: usize| ClientNetwork::of([192, 0, 2, last.try_into().unwrap()].into());
        let seconds = TRY_AGAIN_SECONDS;
        let mut open = Vec::new();
        for number in 0..MOST / MOST_OF_NETWORK {
            let taken = (0..MOST_OF_NETWORK).map(|_| exports.take(network(number)).unwrap());
            open.extend(taken);
            let action = Some(Action::Export);
            let refused = exports.take(network(number)).unwrap_err();
            assert_eq!(refused, ServiceError::RateLimited { seconds, action });
        }
        assert_eq!(exports.count(), MOST);
        let refused = exports.take(network(99)).unwrap_err();
        assert_eq!(refused, ServiceError::Unavailable { seconds });

        drop(open.pop());
        let again = exports.take(network(99));
        assert!(again.is_ok());
        drop((open, again));
        assert_eq!(exports.count(), 0);
        assert!(exports.open().of_network.is_empty());
    }
}
