//! Connections: accepted up to a limit, and closed if the client is slow to send a request or stops reading.

use std::{convert::Infallible, future, io, net::SocketAddr, pin, time::Duration};

use axum::{Extension, Router, extract::ConnectInfo, http::Method};
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::sleep,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Layer;

use crate::{
    connection_limits::ConnectionLimits,
    live_stream::{LiveStream, Outgoing},
    metrics::Connections,
    security::client_network::Proxies,
};

/// How long a connection may take to send the head of a request, and how long it may be idle between two requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest head of a request, and how much is buffered before the socket.
const BUFFER_BYTES: usize = 16 * 1024;
/// How much unsent data the kernel buffers beyond a reader's window. Without this limit, 200 stalled readers held 82 MB. A
/// small send buffer would have the same effect, but also limits data in flight: long-distance connections would be slow,
/// and a download on the same machine waits 40 ms for each delayed acknowledgement.
#[cfg(target_os = "linux")]
const UNSENT_BYTES: u32 = 32 * 1024;
/// How long to stop accepting after the process has run out of file descriptors.
const PAUSE: Duration = Duration::from_secs(1);

/// The limits on connections.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many are served at the same time; more wait in the kernel's queue.
    pub connections: usize,
    /// How many of these one client network may have; more are closed. Otherwise one client could take them all by opening
    /// idle connections.
    pub network_connections: usize,
    /// The proxies: their connections belong to many clients, so only the overall limit applies.
    pub proxies: Proxies,
    /// How long a client may read nothing of what is sent before its connection is closed.
    pub stalled: Duration,
    /// How long a client may take to read one event of a live stream before it is closed: what it has not taken stays in memory.
    pub slowest_event: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connections: 16_000,
            network_connections: 12_000,
            proxies: Proxies::default(),
            stalled: Duration::from_secs(20),
            slowest_event: Duration::from_secs(60),
        }
    }
}

/// A listening socket.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    settings: Settings,
    counts: Connections,
}

impl From<TcpListener> for Listener {
    fn from(socket: TcpListener) -> Self {
        Self::new(socket, Settings::default())
    }
}

impl Listener {
    /// Listens on this socket.
    pub fn new(socket: TcpListener, settings: Settings) -> Self {
        Self {
            socket,
            settings,
            counts: Connections::default(),
        }
    }

    /// The same, with its connections in these metrics; otherwise, they are counted nowhere.
    pub(crate) fn counted_by(mut self, counts: Connections) -> Self {
        self.counts = counts;
        self
    }

    /// Serves until `stop`; then accepts no more connections, and lets open ones finish their requests.
    pub async fn serve(self, router: Router, stop: CancellationToken) {
        let Self {
            socket,
            settings,
            counts,
        } = self;
        let limits = ConnectionLimits::new(
            settings.connections,
            settings.network_connections,
            settings.proxies,
            counts,
        );
        let slowest = settings.slowest_event;
        let connections = TaskTracker::new();
        let accepting = async {
            // The permit comes first: a connection that waits for one is not accepted and uses no file descriptor.
            while let Some(permit) = limits.permit().await {
                let (stream, peer) = accept(&socket).await;
                let Some(permit) = limits.take(permit, peer.ip()) else {
                    tracing::debug!(%peer, "this client network has all the connections that one may have");
                    continue;
                };
                if let Err(error) = tune(&stream, settings.stalled) {
                    tracing::debug!(%error, "a connection was gone before it began");
                    continue;
                }
                let (router, stop) = (router.clone(), stop.clone());
                let live = connections.clone();
                connections.spawn(async move {
                    if let Some((stream, socket)) = serve_one(stream, peer, router, stop).await {
                        // A separate task, because this one holds the memory of hyper's connection.
                        live.spawn(stream.to(socket, permit, slowest));
                    }
                });
            }
        };
        tokio::select! {
            () = accepting => {}
            () = stop.cancelled() => {}
        }
        drop(socket);
        connections.close();
        connections.wait().await;
    }
}

/// The next connection and its peer.
async fn accept(socket: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match socket.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                sleep(PAUSE).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

fn tune(stream: &TcpStream, stalled: Duration) -> io::Result<()> {
    // Frames are small and each is one write, so waiting for more data to send gains nothing.
    stream.set_nodelay(true)?;
    set_socket_options(&SockRef::from(stream), stalled)
}

/// The kernel then closes the connection, and hyper drops the stream.
#[cfg(target_os = "linux")]
fn set_socket_options(socket: &SockRef<'_>, stalled: Duration) -> io::Result<()> {
    socket.set_tcp_notsent_lowat(UNSENT_BYTES)?;
    socket.set_tcp_user_timeout(Some(stalled))
}

/// Other systems have no such options.
#[cfg(not(target_os = "linux"))]
fn set_socket_options(_: &SockRef<'_>, _: Duration) -> io::Result<()> {
    Ok(())
}

/// Serves one connection; each request knows its peer. Returns when the connection closes, or hands over its socket once it
/// has become a live stream.
async fn serve_one(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    stop: CancellationToken,
) -> Option<(Outgoing, TcpStream)> {
    let router = TowerToHyperService::new(Extension(ConnectInfo(peer)).layer(router));
    let (hand_over, mut handed_over) = mpsc::channel(1);
    let service = service_fn(move |request: Request<Incoming>| {
        let (hand_over, has_body) = (hand_over.clone(), request.method() == Method::GET);
        let answer = router.call(request);
        async move {
            let mut answer = answer.await?;
            let stream = LiveStream::of(&mut answer).filter(|_| has_body);
            if let Some(stream) = stream
                && hand_over.try_send(stream).is_ok()
            {
                // hyper gets no response to write: it is dropped as soon as its socket is taken.
                return future::pending().await;
            }
            Ok::<_, Infallible>(answer)
        }
    });
    // Not hyper-util's builder for both HTTP versions, which leaves silent connections open even with a timer.
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(BUFFER_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut is_stopping = false;
    loop {
        tokio::select! {
            served = &mut connection => {
                if let Err(error) = served {
                    tracing::debug!(%error, "a connection broke");
                }
                return None;
            }
            Some(stream) = handed_over.recv() => {
                // hyper has no unsent data here: a browser sends its next request only after the previous response.
                return Some((stream, connection.into_parts().io.into_inner()));
            }
            () = stop.cancelled(), if !is_stopping => {
                is_stopping = true;
                pin::Pin::new(&mut connection).graceful_shutdown();
            }
        }
    }
}
