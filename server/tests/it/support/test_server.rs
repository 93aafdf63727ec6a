//! The real server on port 0, with a database of its own and a clock that is advanced by hand.

use std::{path::Path, sync::Arc};

use chrono::DateTime;
use sea_orm::DatabaseConnection;
use server::{
    bodies::StaticFiles,
    clock::Clock,
    hub::{self, Hub},
    lifecycle,
    listener::{self, Listener},
    load_shedding::LoadShedder,
    security::{
        client_network::Proxies,
        limits::{self, Limits},
    },
    state::State,
    store::Store,
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::{
    clients::TestClient,
    database::{Kind, TestDatabase},
};

/// A server that runs.
pub(crate) struct TestServer {
    pub(crate) url: String,
    pub(crate) clock: Clock,
    pub(crate) store: Store,
    pub(crate) hub: Hub,
    pub(crate) limits: Limits,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<std::io::Result<()>>,
    /// Last: the database goes after the servers that use it.
    database: Arc<TestDatabase>,
}

impl TestServer {
    pub(crate) async fn new(kind: Kind) -> Self {
        Self::with(kind, hub::Settings::default()).await
    }

    /// One over a database that may have been used before.
    pub(crate) async fn on(database: TestDatabase) -> Self {
        let (live, connections) = (hub::Settings::default(), listener::Settings::default());
        Self::over(Arc::new(database), live, connections).await
    }

    /// One whose live streams are set otherwise.
    pub(crate) async fn with(kind: Kind, live: hub::Settings) -> Self {
        let database = Arc::new(TestDatabase::new(kind).await);
        Self::over(database, live, listener::Settings::default()).await
    }

    /// One with limits, which believes proxies in this network.
    pub(crate) async fn limited(limits: limits::Settings, proxies: &str) -> Self {
        let database = Arc::new(TestDatabase::new(Kind::Sqlite).await);
        let proxies = vec![proxies.parse().unwrap()];
        let guard = |state: State| state.limited(Limits::new(&limits), proxies.into());
        let (live, connections) = (hub::Settings::default(), listener::Settings::default());
        Self::guarded(database, live, connections, guard).await
    }

    /// One with limits, over a copy of this one's database.
    pub(crate) async fn copied(&self, limits: limits::Settings) -> Self {
        let database = Arc::new(self.database.copied().await);
        let guard = |state: State| state.limited(Limits::new(&limits), Proxies::default());
        let (live, connections) = (hub::Settings::default(), listener::Settings::default());
        Self::guarded(database, live, connections, guard).await
    }

    /// One with limits, which reaches its database by way of this URL.
    pub(crate) async fn by_way_of(
        database: TestDatabase,
        url: &str,
        limits: limits::Settings,
    ) -> Self {
        let store = Store::open(url).await.unwrap();
        let guard = |state: State| state.limited(Limits::new(&limits), Proxies::default());
        let (live, connections) = (hub::Settings::default(), listener::Settings::default());
        Self::serving(store, Arc::new(database), live, connections, guard).await
    }

    /// One whose lateness is set by hand.
    pub(crate) async fn shedding_load(load_shedder: LoadShedder) -> Self {
        let database = Arc::new(TestDatabase::new(Kind::Sqlite).await);
        let (live, connections) = (hub::Settings::default(), listener::Settings::default());
        let guard = |state: State| state.shedding_load(load_shedder);
        Self::guarded(database, live, connections, guard).await
    }

    /// One that offers viewers' browsers no page for when there is no connection.
    pub(crate) async fn without_offline_page() -> Self {
        let database = Arc::new(TestDatabase::new(Kind::Sqlite).await);
        let (live, connections) = (hub::Settings::default(), listener::Settings::default());
        let guard = |state: State| state.with_offline_page(false);
        Self::guarded(database, live, connections, guard).await
    }

    /// One whose connections are held to something else.
    pub(crate) async fn held_to(connections: listener::Settings) -> Self {
        let database = Arc::new(TestDatabase::new(Kind::Sqlite).await);
        Self::over(database, hub::Settings::default(), connections).await
    }

    /// A connection past the server, to its database.
    pub(crate) async fn tables(&self) -> DatabaseConnection {
        self.database.connect().await
    }

    /// Another database with what is in that one now: see `TestDatabase::restored`.
    pub(crate) async fn restored_database(&self) -> TestDatabase {
        self.database.restored().await
    }

    /// Where that database is.
    pub(crate) fn database_url(&self) -> &str {
        self.database.url()
    }

    /// Another one over the same database.
    pub(crate) async fn beside(&self, live: hub::Settings) -> Self {
        Self::over(self.database.clone(), live, listener::Settings::default()).await
    }

    async fn over(
        database: Arc<TestDatabase>,
        live: hub::Settings,
        connections: listener::Settings,
    ) -> Self {
        Self::guarded(database, live, connections, |state| state).await
    }

    async fn guarded(
        database: Arc<TestDatabase>,
        live: hub::Settings,
        connections: listener::Settings,
        guard: impl FnOnce(State) -> State,
    ) -> Self {
        let store = Store::open(database.url()).await.unwrap();
        Self::serving(store, database, live, connections, guard).await
    }

    async fn serving(
        store: Store,
        database: Arc<TestDatabase>,
        live: hub::Settings,
        connections: listener::Settings,
        guard: impl FnOnce(State) -> State,
    ) -> Self {
        let clock = Clock::manual(DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = State::start_with(store.clone(), clock.clone(), url.as_str(), live);
        let state = guard(state);
        let (hub, limits) = (state.hub.clone(), state.limits.clone());
        let listener = Listener::new(listener, connections);
        let (stop, stopped) = oneshot::channel();
        let site = StaticFiles::new(Path::new("no-site"));
        let serving = tokio::spawn(lifecycle::serve(listener, state, site, async {
            let _ = stopped.await;
        }));
        Self {
            url,
            clock,
            store,
            hub,
            limits,
            stop: Some(stop),
            serving,
            database,
        }
    }

    pub(crate) fn client(&self) -> TestClient {
        TestClient::new(&self.url)
    }

    /// Stops it as an operator would.
    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        (&mut self.serving).await.unwrap().unwrap();
    }
}
