//! A TCP proxy of our own, between client and server: it delays, stalls, swallows and cuts.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use server::random;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::sleep,
};

use crate::Outcome;

/// How long a delayed byte takes.
const DELAY: Duration = Duration::from_millis(200);
/// How long a stalled connection says nothing before it is cut.
const STALL: Duration = Duration::from_secs(2);

/// How long a connection lives on that nobody carries: as long as after a pulled plug, for all that a test can wait for.
const GIVEN_UP: Duration = Duration::from_secs(120);

/// What the network does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    /// It carries everything.
    Fair,
    /// It carries nothing, and doesn't say so. What was open before stays silent for good.
    Swallowing,
    /// Every connection is cut after some bytes of one direction, at most so many; some are slow or stall before.
    Stormy {
        /// In bytes.
        longest: u64,
    },
}

/// A proxy on a port of its own; it ends with this value.
pub(crate) struct Proxy {
    port: u16,
    weather: watch::Sender<Weather>,
    cuts: Arc<AtomicU64>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// One before this address, in fair weather.
    pub(crate) async fn start(to: SocketAddr) -> Outcome<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let (weather, seen) = watch::channel(Weather::Fair);
        let cuts = Arc::new(AtomicU64::new(0));
        let counted = cuts.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, to, seen.clone(), counted.clone()));
            }
        });
        Ok(Self {
            port,
            weather,
            cuts,
            accepting,
        })
    }

    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Changes the weather.
    pub(crate) fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }

    /// How many connections were cut in the middle.
    pub(crate) fn cuts(&self) -> u64 {
        self.cuts.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// What befalls one connection.
#[derive(Clone, Copy)]
struct Fate {
    /// Bytes until it is cut, to the server and to the client; whichever comes first.
    up: u64,
    down: u64,
    is_slow: bool,
    stalls: bool,
}

impl Fate {
    fn draw(weather: Weather) -> Self {
        let [number, other] = [random(), random()];
        match weather {
            Weather::Fair | Weather::Swallowing => Self {
                up: u64::MAX,
                down: u64::MAX,
                is_slow: false,
                stalls: false,
            },
            // Mostly on the way to the client: in the middle of a frame or of an acknowledgement.
            Weather::Stormy { longest } => Self {
                up: if number.is_multiple_of(4) {
                    other % longest
                } else {
                    u64::MAX
                },
                down: 1 + (number >> 8) % longest,
                is_slow: (number >> 40).is_multiple_of(4),
                stalls: (number >> 48).is_multiple_of(8),
            },
        }
    }
}

fn random() -> u64 {
    u64::from_le_bytes(random::bytes())
}

async fn carry(
    mut client: TcpStream,
    to: SocketAddr,
    weather: watch::Receiver<Weather>,
    cuts: Arc<AtomicU64>,
) {
    let mut swallowing = weather.clone();
    let now = *weather.borrow();
    if now == Weather::Swallowing {
        // Accepted by the kernel, and then nothing.
        sleep(GIVEN_UP).await;
        return;
    }
    let Ok(mut server) = TcpStream::connect(to).await else {
        return;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let fate = Fate::draw(now);
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let pulled = async {
        // The proxy itself has ended where this fails.
        let _ = swallowing.wait_for(|now| *now == Weather::Swallowing).await;
    };
    let is_cut = tokio::select! {
        cut = copy(from_client, to_server, fate.up, fate.is_slow) => cut,
        cut = copy(from_server, to_client, fate.down, fate.is_slow) => cut,
        () = pulled => {
            // Both sides stay open, and hear nothing any more.
            sleep(GIVEN_UP).await;
            return;
        }
    };
    if is_cut {
        if fate.stalls {
            sleep(STALL).await;
        }
        cuts.fetch_add(1, Ordering::Relaxed);
    }
    // Both sides are dropped here: what was under way is cut.
}

/// Carries at most so many bytes; whether the limit was the end.
async fn copy(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut budget: u64,
    is_slow: bool,
) -> bool {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let many = match from.read(&mut buffer).await {
            Ok(0) | Err(_) => return false,
            Ok(many) => many,
        };
        if is_slow {
            sleep(DELAY).await;
        }
        let carried = many.min(usize::try_from(budget).unwrap_or(usize::MAX));
        if to.write_all(&buffer[..carried]).await.is_err() {
            return false;
        }
        budget -= carried as u64;
        if carried < many || budget == 0 {
            return true;
        }
    }
}
