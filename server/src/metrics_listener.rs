//! Where Prometheus scrapes: a listener of its own, since what it tells is the operator's business alone.

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

/// A few that scrape, and a person who looks.
const CONNECTIONS: usize = 16;
/// How long a scrape under way is waited for when the server stops.
const LAST_SCRAPE: Duration = Duration::from_secs(1);

/// A listener that serves metrics, until it is stopped.
#[derive(Debug)]
pub struct Server {
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Server {
    /// Serves what this state measures on a socket.
    ///
    /// # Errors
    /// Where the socket can't be shared with the task that serves it.
    pub fn start(socket: TcpListener, state: State) -> io::Result<Self> {
        let stop = CancellationToken::new();
        // Kept for the case that the task has to be started again.
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

    /// Lets go of the socket, after the scrapes that are under way.
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
