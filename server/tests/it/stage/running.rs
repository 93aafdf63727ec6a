//! The true server on port 0, with a database of its own and a clock that is turned by hand.

use std::path::Path;

use chrono::DateTime;
use server::{lifecycle, router::Site, state::State, store::Store, world::Clock};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::{
    database::{Fresh, Kind},
    people::Person,
};

/// A server that runs.
pub(crate) struct Running {
    pub(crate) url: String,
    pub(crate) clock: Clock,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<std::io::Result<()>>,
    /// Last: the database goes after the server that uses it.
    _database: Fresh,
}

impl Running {
    pub(crate) async fn new(kind: Kind) -> Self {
        let database = Fresh::new(kind).await;
        let store = Store::open(database.url()).await.unwrap();
        let clock = Clock::by_hand(DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = State::start(store, clock.clone(), url.as_str());
        let (stop, stopped) = oneshot::channel();
        let site = Site::new(Path::new("no-site"));
        let serving = tokio::spawn(lifecycle::serve(listener, state, site, async {
            let _ = stopped.await;
        }));
        Self {
            url,
            clock,
            stop: Some(stop),
            serving,
            _database: database,
        }
    }

    pub(crate) fn person(&self) -> Person {
        Person::new(&self.url)
    }

    /// Stops it as an operator would.
    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        (&mut self.serving).await.unwrap().unwrap();
    }
}
