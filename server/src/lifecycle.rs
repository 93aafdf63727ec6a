//! Start-up and orderly shutdown: refuse new connections, end the live streams, finish accepted work, close the database.

use std::{io, net::SocketAddr, path::PathBuf, time::Duration};

use thiserror::Error;
use tokio::{
    net::{TcpListener, TcpSocket},
    signal,
    time::{Instant, timeout_at},
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use crate::{
    bodies::StaticFiles,
    clock::Clock,
    clock_watch,
    config::Config,
    housekeeping,
    listener::Listener,
    load_shedding::LoadShedder,
    metrics_listener, router,
    security::limits::Limits,
    service_manager,
    state::State,
    store::{Store, StoreError},
    supervised::{supervise, supervise_until},
    task::Task,
    visitor_index::VisitorIndex,
};

/// The longest that all steps of a shutdown may take together, but for a scrape in progress; whatever is unfinished by
/// then is dropped.
const LONGEST_STOP: Duration = Duration::from_secs(9);
/// How much of that is reserved for the recorder and the database. Without it, one stalled reader would use up all the
/// time.
const LAST_WRITES: Duration = Duration::from_secs(3);
/// The flags that set addresses.
const LISTEN: &str = "--listen";
const METRICS_LISTEN: &str = "--metrics-listen";
/// How many connections wait to be accepted: as many as the system allows, which takes a smaller number of its own.
const BACKLOG: u32 = i32::MAX.unsigned_abs();

/// Why the server could not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address can't be bound.
    #[error("can't listen on {address}: {source}; choose another one with {flag}")]
    Listen {
        /// The requested address.
        address: SocketAddr,
        /// The flag that sets it.
        flag: &'static str,
        /// The cause.
        source: io::Error,
    },
    /// Other machines could reach the server without encryption, and the operator has not allowed that.
    #[error(
        "{url} is plain http: whoever is between can read links and cookies; put a proxy with https in front and name its address with --public-url, or allow it in a network that you trust with --allow-plain-http"
    )]
    PlainHttp {
        /// The address at which they would reach it.
        url: String,
    },
    /// Links would begin with an address that means this machine to whoever opens them, if anything.
    #[error(
        "links would begin with {url}, which nobody else can open: name the address that others reach with --public-url, like http://192.168.1.20:3000"
    )]
    NoPublicUrl {
        /// The start of the links.
        url: String,
    },
    /// There is no site to serve, or a part of one.
    #[error(
        "{} holds no built pages, or not all of them: {missing} is missing; build them with make build, or name their folder with --site",
        folder.display()
    )]
    Site {
        /// Where it was expected.
        folder: PathBuf,
        /// The first file that is not there.
        missing: String,
    },
    /// The database can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Serving failed.
    #[error("serving failed: {0}")]
    Serve(#[from] io::Error),
}

/// Opens what the configuration names, and serves until `stop` completes.
///
/// # Errors
/// `StartError`, as one line for the operator.
pub async fn run(config: Config, stop: impl Future<Output = ()>) -> Result<(), StartError> {
    if let Some(url) = config.exposed_at().filter(|_| !config.allow_plain_http) {
        return Err(StartError::PlainHttp { url });
    }
    if !config.links_can_be_opened() {
        let url = config.public_url();
        return Err(StartError::NoPublicUrl { url });
    }
    let site = StaticFiles::new(&config.site);
    if let Some(missing) = site.missing() {
        let (folder, missing) = (config.site, missing.to_owned());
        return Err(StartError::Site { folder, missing });
    }
    // Whoever connects before the database is open is refused at once, and can try again. In the queue of a socket that
    // listens, they would wait for as long as a migration takes, and a press would be taken for one that was just made.
    let socket = bind(config.listen, LISTEN)?;
    let metrics_socket = match config.metrics_listen {
        Some(address) => Some(bind(address, METRICS_LISTEN)?),
        None => None,
    };
    let clock = Clock::System;
    let opening = async {
        let store = Store::open_with(&config.database_url, config.open_options()).await?;
        clock_watch::adopt_database_time(&store, &clock).await?;
        Ok::<_, StoreError>(store)
    };
    let store = service_manager::starting(opening).await?;
    let load_shedder = LoadShedder::start(store.metrics());
    let state = State::start_with(store, clock, config.public_url(), config.live())
        .limited(Limits::new(&config.limits), config.proxies())
        .shedding_load(load_shedder)
        .with_offline_page(config.offline_page)
        .exposed(config.exposed_at().is_some());
    let listener = Listener::new(listen(socket, LISTEN)?, config.connections());
    tracing::info!(address = %config.listen, public_url = %state.public_url, "serving");
    let metrics = match metrics_socket {
        Some(socket) => {
            let socket = listen(socket, METRICS_LISTEN)?;
            tracing::info!(address = %socket.local_addr()?, "serving metrics");
            Some(metrics_listener::Server::start(socket, state.clone())?)
        }
        None => None,
    };
    let age = config.session_age();
    let (store, clock) = (state.store.clone(), state.clock.clone());
    let housekeeping = supervise(Task::Housekeeping, &state.metrics, move || {
        housekeeping::run(store.clone(), clock.clone(), age)
    });
    let moments = state.moments.clone();
    let networks = supervise(Task::ClientNetworks, &state.metrics, move || {
        housekeeping::forget_networks(moments.clone())
    });
    let (store, clock) = (state.store.clone(), state.clock.clone());
    let clocks = supervise(Task::Clocks, &state.metrics, move || {
        clock_watch::run(store.clone(), clock.clone())
    });
    let behind = [housekeeping, networks, clocks].map(AbortOnDropHandle::new);
    let stop = async move {
        stop.await;
        drop(behind);
    };
    let served = serve(listener, state, site, stop).await;
    if let Some(metrics) = metrics {
        metrics.stop().await;
    }
    Ok(served?)
}

/// Binds the address that this flag sets. Nobody can connect to it before it listens.
fn bind(address: SocketAddr, flag: &'static str) -> Result<TcpSocket, StartError> {
    let bind = || {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4(),
            SocketAddr::V6(_) => TcpSocket::new_v6(),
        }?;
        // Connections of a server that has just stopped may still be closing there.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        Ok(socket)
    };
    bind().map_err(|source| StartError::Listen {
        address,
        flag,
        source,
    })
}

/// Lets others connect to what was bound.
fn listen(socket: TcpSocket, flag: &'static str) -> Result<TcpListener, StartError> {
    let address = socket.local_addr()?;
    // Another server may have been bound there at the same time.
    let listener = socket.listen(BACKLOG);
    listener.map_err(|source| StartError::Listen {
        address,
        flag,
        source,
    })
}

/// Serves until `stop` completes, then shuts down in order.
///
/// # Errors
/// If serving fails.
pub async fn serve(
    listener: impl Into<Listener>,
    state: State,
    site: StaticFiles,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let stopping = CancellationToken::new();
    let router = router::router(state.clone(), site);
    let listener = listener.into();
    let listener = listener.counted_by(state.metrics.connections.clone());
    let served = listener.serve(router, stopping.clone());
    let mut served = tokio::spawn(served);
    service_manager::ready();
    let (hub, index) = (state.hub.clone(), VisitorIndex::of(&state.store));
    let metrics = &state.metrics;
    let watchdog = service_manager::watchdog_interval().map(|every| {
        let watch = move || service_manager::ping_watchdog(every);
        // Kept until the very end, because a shutdown takes time.
        AbortOnDropHandle::new(supervise(Task::Watchdog, metrics, watch))
    });
    supervise_until(&stopping, Task::Notifications, metrics, move || {
        let hub = hub.clone();
        async move { hub.listen().await }
    });
    let hub = state.hub.clone();
    supervise_until(&stopping, Task::Poll, metrics, move || {
        let hub = hub.clone();
        async move { hub.poll().await }
    });
    let hub = state.hub.clone();
    supervise_until(&stopping, Task::Presence, metrics, move || {
        let hub = hub.clone();
        async move { hub.follow_presence().await }
    });
    supervise_until(&stopping, Task::VisitorIndex, metrics, move || {
        index.clone().run()
    });
    let mut broken = tokio::select! {
        // The service manager restarts the process; a process that serves nobody would go unnoticed.
        ended = &mut served => Some(ended.err().map_or_else(
            || io::Error::other("no connections are accepted any more"),
            io::Error::other,
        )),
        () = stop => None,
    };
    tracing::info!("stopping");
    service_manager::stopping();
    stopping.cancel();
    // Live streams would delay the shutdown indefinitely.
    state.hub.close();
    let deadline = Instant::now() + LONGEST_STOP;
    if broken.is_none() {
        match timeout_at(deadline - LAST_WRITES, &mut served).await {
            Ok(finished) => broken = finished.err().map(io::Error::other),
            Err(_) => {
                tracing::warn!("some requests were not finished in time");
                served.abort();
            }
        }
    }
    // Presses accepted from callers that have since hung up are recorded too.
    if timeout_at(deadline, state.recorder.finish()).await.is_err() {
        tracing::error!("some presses could not be recorded before the stop");
    }
    if timeout_at(deadline, state.store.close()).await.is_err() {
        tracing::warn!("the database did not let go in time");
    }
    drop(watchdog);
    tracing::info!("stopped");
    broken.map_or(Ok(()), Err)
}

/// Completes when the operator or the system asks the process to stop.
pub async fn asked_to_stop() {
    let interrupt = signal::ctrl_c();
    let mut terminate = match signal::unix::signal(signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::warn!(%error, "SIGTERM can't be heard");
            let _ = interrupt.await;
            return;
        }
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
