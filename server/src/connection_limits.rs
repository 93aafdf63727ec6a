//! Limits on connections: in total, and per client network.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    keyed_counter::KeyedCounter,
    metrics::Connections,
    security::client_network::{ClientNetwork, Proxies},
};

/// The limits on connections, and the current counts.
#[derive(Debug)]
pub(crate) struct ConnectionLimits {
    permits: Arc<Semaphore>,
    /// How many a client network may have. A proxy's connections belong to many clients, so only the total limits them.
    of_network: usize,
    proxies: Proxies,
    taken: Arc<Mutex<KeyedCounter<ClientNetwork>>>,
    counts: Connections,
}

/// The right to one connection, which counts until this is dropped.
#[derive(Debug)]
pub(crate) struct ConnectionPermit {
    taken: Arc<Mutex<KeyedCounter<ClientNetwork>>>,
    /// The network that it counts for; `None` for a proxy.
    network: Option<ClientNetwork>,
    counts: Connections,
    _permit: OwnedSemaphorePermit,
}

impl ConnectionLimits {
    /// Allows this many connections, of which one client network may have at most `of_network`.
    pub(crate) fn new(
        all: usize,
        of_network: usize,
        proxies: Proxies,
        counts: Connections,
    ) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(all.min(Semaphore::MAX_PERMITS))),
            of_network,
            proxies,
            taken: Arc::default(),
            counts,
        }
    }

    /// Waits until another connection is allowed in total. The semaphore is never closed, so this always returns a permit.
    pub(crate) async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        self.permits.clone().acquire_owned().await.ok()
    }

    /// A permit for a connection from this peer, if its client network may have another one.
    pub(crate) fn take(
        &self,
        permit: OwnedSemaphorePermit,
        peer: IpAddr,
    ) -> Option<ConnectionPermit> {
        let network = (!self.proxies.trusts(peer)).then(|| ClientNetwork::of(peer));
        if let Some(network) = network {
            let mut taken = lock(&self.taken);
            if taken.of(&network) >= self.of_network {
                self.counts.refused.inc();
                return None;
            }
            taken.add(network);
        }
        self.counts.open.inc();
        Some(ConnectionPermit {
            taken: self.taken.clone(),
            network,
            counts: self.counts.clone(),
            _permit: permit,
        })
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.counts.open.dec();
        if let Some(network) = &self.network {
            lock(&self.taken).remove(network);
        }
    }
}

fn lock(taken: &Mutex<KeyedCounter<ClientNetwork>>) -> MutexGuard<'_, KeyedCounter<ClientNetwork>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}
