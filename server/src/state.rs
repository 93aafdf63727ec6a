//! What every request needs: the store, the recorder, the hub, the clock, and the server's public address.

use std::{ops::Deref, sync::Arc};

use app::service::ServiceError;
use tokio::sync::OwnedRwLockReadGuard;

use crate::{
    clock::Clock,
    config::is_plain_http_to_others,
    double_submit::DoubleSubmits,
    hub::{self, Hub},
    load_shedding::LoadShedder,
    metrics::Metrics,
    moments::Moments,
    open_exports::OpenExports,
    recorder::Recorder,
    security::{client_network::Proxies, forgotten::Forgotten, limits::Limits},
    store::{Store, VisitorId},
    writes_under_way::WritesUnderWay,
};

/// Seconds until a request may be repeated that began before its visitor was erased.
const TRY_AGAIN_SECONDS: u16 = 1;

/// What every request needs, shared. Layers of the router clone it for every request, so a clone is one count.
#[derive(Clone)]
pub struct State(Arc<StateParts>);

impl Deref for State {
    type Target = StateParts;

    fn deref(&self) -> &StateParts {
        &self.0
    }
}

/// What every request needs.
#[derive(Clone)]
pub struct StateParts {
    /// The database.
    pub store: Store,
    /// Records presses.
    pub recorder: Recorder,
    /// What is being written in visitors' names.
    under_way: WritesUnderWay,
    /// The live streams.
    pub hub: Hub,
    /// The moments of each session.
    pub moments: Moments,
    /// The time.
    pub clock: Clock,
    /// The metrics; the store's, so that everything counts into the same instance.
    pub metrics: Metrics,
    /// The start of links to this server, like `https://clips.example`, without a trailing slash.
    pub public_url: Arc<str>,
    /// The rate limits.
    pub limits: Limits,
    /// The proxies that are trusted to say where a request comes from.
    pub proxies: Proxies,
    /// The exports that are under way.
    pub exports: OpenExports,
    /// Recently submitted plain forms.
    pub double_submits: DoubleSubmits,
    /// Who was forgotten a little while ago.
    pub forgotten: Forgotten,
    /// How late the server is; work that can wait is refused if it is too late.
    pub load_shedder: LoadShedder,
    /// Whether viewers' browsers are offered a page for when there is no connection.
    pub has_offline_page: bool,
    /// Whether other machines are served without encryption: every page says so.
    pub is_exposed: bool,
}

impl State {
    /// Starts the background tasks, with the default settings.
    pub fn start(store: Store, clock: Clock, public_url: impl Into<Arc<str>>) -> Self {
        Self::start_with(store, clock, public_url, hub::Settings::default())
    }

    /// Starts the background tasks.
    pub fn start_with(
        store: Store,
        clock: Clock,
        public_url: impl Into<Arc<str>>,
        live: hub::Settings,
    ) -> Self {
        let public_url = public_url.into();
        let moments = Moments::new(store.clone(), clock.clone());
        let hub = Hub::with(store.clone(), moments.clone(), clock.clone(), live);
        Self(Arc::new(StateParts {
            recorder: Recorder::start(&store, &clock),
            under_way: WritesUnderWay::default(),
            metrics: store.metrics().clone(),
            store,
            hub,
            moments,
            clock,
            limits: Limits::none(),
            proxies: Proxies::default(),
            exports: OpenExports::default(),
            double_submits: DoubleSubmits::default(),
            forgotten: Forgotten::default(),
            load_shedder: LoadShedder::disabled(),
            has_offline_page: true,
            is_exposed: is_plain_http_to_others(&public_url),
            public_url,
        }))
    }

    /// To be held while something is written in the name of this visitor that an erasure has to find.
    ///
    /// # Errors
    /// `ServiceError::Unavailable` if they were erased since the request arrived: the next one is somebody else's.
    pub async fn write_for(
        &self,
        visitor: VisitorId,
    ) -> Result<OwnedRwLockReadGuard<()>, ServiceError> {
        let under_way = self.under_way.begin(visitor).await;
        match self.forgotten.is_closed(visitor) {
            true => Err(ServiceError::Unavailable {
                seconds: TRY_AGAIN_SECONDS,
            }),
            false => Ok(under_way),
        }
    }

    /// Returns once everything is written that was under way in the name of this visitor.
    pub async fn has_written(&self, visitor: VisitorId) {
        self.recorder.settled().await;
        self.under_way.settled(visitor).await;
    }

    /// The same, refusing work that can wait while the server is late.
    pub fn shedding_load(mut self, load_shedder: LoadShedder) -> Self {
        Arc::make_mut(&mut self.0).load_shedder = load_shedder;
        self
    }

    /// The same, offering viewers' browsers a page for when there is no connection, or not.
    pub fn with_offline_page(mut self, has_offline_page: bool) -> Self {
        Arc::make_mut(&mut self.0).has_offline_page = has_offline_page;
        self
    }

    /// The same, serving other machines without encryption, or not.
    pub fn exposed(mut self, is_exposed: bool) -> Self {
        Arc::make_mut(&mut self.0).is_exposed = is_exposed;
        self
    }

    /// The same, with rate limits; the proxies determine the client network.
    pub fn limited(mut self, limits: Limits, proxies: Proxies) -> Self {
        let parts = Arc::make_mut(&mut self.0);
        parts.limits = limits.counted(&parts.metrics);
        parts.proxies = proxies;
        self
    }
}
