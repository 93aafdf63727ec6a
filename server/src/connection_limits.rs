//! How many connections there may be: so many in all, and so many of one client network.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    keyed_counter::KeyedCounter,
    security::client_network::{ClientNetwork, Proxies},
};

/// How many connections there may be, and how many there are.
#[derive(Debug)]
pub(crate) struct ConnectionLimits {
    permits: Arc<Semaphore>,
    /// How many a network may have. Those of a proxy are many clients', and bounded by the number of all alone.
    of_network: usize,
    proxies: Proxies,
    taken: Arc<Mutex<KeyedCounter<ClientNetwork>>>,
}

/// The right to one connection; it counts until this is dropped.
#[derive(Debug)]
pub(crate) struct ConnectionPermit {
    taken: Arc<Mutex<KeyedCounter<ClientNetwork>>>,
    /// Where it is counted; nowhere for a proxy.
    network: Option<ClientNetwork>,
    _permit: OwnedSemaphorePermit,
}

impl ConnectionLimits {
    /// So many connections, of which one client network has at most so many.
    pub(crate) fn new(all: usize, of_network: usize, proxies: Proxies) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(all.min(Semaphore::MAX_PERMITS))),
            of_network,
            proxies,
            taken: Arc::default(),
        }
    }

    /// Waits until there may be one more in all. The semaphore is never closed: there is always an answer.
    pub(crate) async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        self.permits.clone().acquire_owned().await.ok()
    }

    /// A permit for a connection from there, where its client network may have one more.
    pub(crate) fn take(
        &self,
        permit: OwnedSemaphorePermit,
        peer: IpAddr,
    ) -> Option<ConnectionPermit> {
        let network = (!self.proxies.trusts(peer)).then(|| ClientNetwork::of(peer));
        if let Some(network) = network {
            let mut taken = lock(&self.taken);
            if taken.of(&network) >= self.of_network {
                return None;
            }
            taken.add(network);
        }
        Some(ConnectionPermit {
            taken: self.taken.clone(),
            network,
            _permit: permit,
        })
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        if let Some(network) = &self.network {
            lock(&self.taken).remove(network);
        }
    }
}

fn lock(taken: &Mutex<KeyedCounter<ClientNetwork>>) -> MutexGuard<'_, KeyedCounter<ClientNetwork>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}
