//! The places for connections: so many in all, and so many of one client network.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    security::client_network::{ClientNetwork, Proxies},
    tally::Tally,
};

/// The places for connections.
#[derive(Debug)]
pub(crate) struct Places {
    permits: Arc<Semaphore>,
    /// How many a network may have. Those of a proxy are many clients', and bounded by the number of all alone.
    of_network: usize,
    proxies: Proxies,
    taken: Arc<Mutex<Tally<ClientNetwork>>>,
}

/// A place that a connection takes up, until this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    taken: Arc<Mutex<Tally<ClientNetwork>>>,
    /// Where it is counted; nowhere for a proxy.
    network: Option<ClientNetwork>,
    _permit: OwnedSemaphorePermit,
}

impl Places {
    /// So many places, of which one network has at most so many.
    pub(crate) fn new(all: usize, of_network: usize, proxies: Proxies) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(all.min(Semaphore::MAX_PERMITS))),
            of_network,
            proxies,
            taken: Arc::default(),
        }
    }

    /// Waits until one of all places is free. The semaphore is never closed: there is always an answer.
    pub(crate) async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        self.permits.clone().acquire_owned().await.ok()
    }

    /// A place for a connection from there, where its network has any left.
    pub(crate) fn take(&self, permit: OwnedSemaphorePermit, peer: IpAddr) -> Option<Place> {
        let network = (!self.proxies.trusts(peer)).then(|| ClientNetwork::of(peer));
        if let Some(network) = network {
            let mut taken = lock(&self.taken);
            if taken.of(&network) >= self.of_network {
                return None;
            }
            taken.add(network);
        }
        Some(Place {
            taken: self.taken.clone(),
            network,
            _permit: permit,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(network) = &self.network {
            lock(&self.taken).remove(network);
        }
    }
}

fn lock(taken: &Mutex<Tally<ClientNetwork>>) -> MutexGuard<'_, Tally<ClientNetwork>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}
