//! The exports that are under way: each holds a few thousand rows in memory, so there are only so many at the same time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use thiserror::Error;

use crate::{keyed_counter::KeyedCounter, security::client_network::ClientNetwork};

/// How many are under way at the same time, with some 3 MB each at most: one takes a second for a hundred thousand rows.
const MOST: usize = 32;
/// How many of these are for one client network. Otherwise it could keep everybody else from exporting by reading slowly.
const MOST_OF_NETWORK: usize = 8;
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
    network: Option<ClientNetwork>,
}

/// Why there is no place for an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoPlace {
    /// The client network has as many as one may have.
    #[error("the client network has as many exports under way as it may")]
    InNetwork,
    /// All networks together have.
    #[error("as many exports are under way as there may be")]
    OnServer,
}

impl OpenExports {
    /// A place for one more. Without a network, only the places of all count.
    ///
    /// # Errors
    /// `NoPlace` if all places are taken, or those of the network.
    pub fn take(&self, network: Option<ClientNetwork>) -> Result<ExportPermit, NoPlace> {
        let mut open = self.open();
        if network.is_some_and(|network| open.of_network.of(&network) >= MOST_OF_NETWORK) {
            return Err(NoPlace::InNetwork);
        }
        if open.all >= MOST {
            return Err(NoPlace::OnServer);
        }
        open.all += 1;
        if let Some(network) = network {
            open.of_network.add(network);
        }
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
        if let Some(network) = &self.network {
            open.of_network.remove(network);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_takes_some_of_the_places_and_all_together_no_more_than_there_are() {
        let exports = OpenExports::default();
        let network = |last: usize| {
            let address: [u8; 4] = [192, 0, 2, last.try_into().unwrap()];
            Some(ClientNetwork::of(address.into()))
        };
        let mut open = Vec::new();
        for number in 0..MOST / MOST_OF_NETWORK {
            let taken = (0..MOST_OF_NETWORK).map(|_| exports.take(network(number)).unwrap());
            open.extend(taken);
            let refused = exports.take(network(number)).unwrap_err();
            assert_eq!(refused, NoPlace::InNetwork);
        }
        assert_eq!(exports.count(), MOST);
        for network in [network(99), None] {
            let refused = exports.take(network).unwrap_err();
            assert_eq!(refused, NoPlace::OnServer);
        }

        drop(open.pop());
        let again = exports.take(network(99));
        assert!(again.is_ok());
        drop((open, again));
        assert_eq!(exports.count(), 0);
        assert!(exports.open().of_network.is_empty());
    }
}
