//! What every request needs: the store, the recorder, the hub, the clock, and where the server is reached.

use std::sync::Arc;

use crate::{
    clock::Clock,
    double_submit::DoubleSubmits,
    hub::{self, Hub},
    load_shedding::LoadShedder,
    metrics::Metrics,
    recorder::Recorder,
    security::{client_network::Proxies, limits::Limits},
    store::Store,
};

/// What every request needs. Cheap to clone.
#[derive(Clone)]
pub struct State {
    /// The database.
    pub store: Store,
    /// Takes presses.
    pub recorder: Recorder,
    /// The live streams.
    pub hub: Hub,
    /// The time.
    pub clock: Clock,
    /// What is counted and measured: the store's, so that all count into the same.
    pub metrics: Metrics,
    /// Where links to this server begin, like `https://clips.example`, without a slash at the end.
    pub public_url: Arc<str>,
    /// How often one may do what costs something.
    pub limits: Limits,
    /// Who is believed about where a request comes from.
    pub proxies: Proxies,
    /// The recently submitted plain forms.
    pub double_submits: DoubleSubmits,
    /// How late the server is: what can wait is refused then.
    pub load_shedder: LoadShedder,
}

impl State {
    /// Starts what works behind the requests, with the usual settings.
    pub fn start(store: Store, clock: Clock, public_url: impl Into<Arc<str>>) -> Self {
        Self::start_with(store, clock, public_url, hub::Settings::default())
    }

    /// Starts what works behind the requests.
    pub fn start_with(
        store: Store,
        clock: Clock,
        public_url: impl Into<Arc<str>>,
        live: hub::Settings,
    ) -> Self {
        let hub = Hub::with(store.clone(), clock.clone(), live);
        Self {
            recorder: Recorder::start(&store, &clock),
            metrics: store.metrics().clone(),
            store,
            hub,
            clock,
            public_url: public_url.into(),
            limits: Limits::none(),
            proxies: Proxies::default(),
            double_submits: DoubleSubmits::default(),
            load_shedder: LoadShedder::disabled(),
        }
    }

    /// The same, which asks who can wait to come back while it is late.
    pub fn shedding_load(self, load_shedder: LoadShedder) -> Self {
        Self {
            load_shedder,
            ..self
        }
    }

    /// The same, with limits; who is counted the proxies tell.
    pub fn limited(self, limits: Limits, proxies: Proxies) -> Self {
        Self {
            limits: limits.counted(&self.metrics),
            proxies,
            ..self
        }
    }
}
