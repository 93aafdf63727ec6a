//! The listener for Prometheus, separate from the public one because metrics are for the operator only.

use std::{io, time::Duration};

use axum::{
    Router, extract::State as FromState, http::header, response::IntoResponse, routing::get,
};
use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;
use tokio::{net::TcpListener, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    listener::{Listener, Settings},
    scrape::text,
    state::State,
    supervised::supervise,
    task::Task,
};

/// Enough for a few scrapers and a person looking.
const CONNECTIONS: usize = 16;
/// How long to wait for a scrape in progress when the server stops.
const LAST_SCRAPE: Duration = Duration::from_secs(1);

/// A listener that serves metrics, until it is stopped.
#[derive(Debug)]
pub struct Server {
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Server {
    /// Serves this state's metrics on a socket.
    ///
    /// # Errors
    /// If the socket can't be shared with the task that serves it.
    pub fn start(socket: TcpListener, state: State) -> io::Result<Self> {
        let stop = CancellationToken::new();
        // Kept in case the task has to be restarted.
        let socket = socket.into_std()?;
        let (router, stopped) = (router(state.clone()), stop.clone());
        let serving = supervise(Task::Metrics, &state.metrics, move || {
            let (socket, router) = (socket.try_clone(), router.clone());
            let stopped = stopped.clone();
            async move {
                match socket.and_then(TcpListener::from_std) {
                    Ok(socket) => listener(socket).serve(router, stopped).await,
                    Err(error) => tracing::error!(%error, "metrics can't be served any more"),
                }
            }
        });
        Ok(Self { stop, serving })
    }

    /// Closes the socket after the scrapes in progress.
    pub async fn stop(self) {
        self.stop.cancel();
        let abort = self.serving.abort_handle();
        if timeout(LAST_SCRAPE, self.serving).await.is_err() {
            abort.abort();
        }
    }
}

fn listener(socket: TcpListener) -> Listener {
    let settings = Settings {
        connections: CONNECTIONS,
        network_connections: CONNECTIONS,
        ..Settings::default()
    };
    Listener::new(socket, settings)
}

fn router(state: State) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .with_state(state)
}

async fn metrics(FromState(state): FromState<State>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], text(&state))
}
