//! A network that delays, stalls and cuts, in the middle of frames and of acknowledgements.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use super::{
    books,
    crowd::Crowd,
    figures::{Figures, seconds},
    kill::{PAUSE, PRESSING, WATCHING},
    proxy::{Proxy, Weather},
    victim::Victim,
    watcher::Watchers,
};
use crate::{
    Outcome,
    database::{Database, Kind},
    process::Folder,
};

/// The longest life of a connection that presses, in bytes: an acknowledgement has some 500.
const PRESSES: u64 = 1_500;
/// The longest life of a stream, in bytes: a frame has some thousand.
const FRAMES: u64 = 20_000;

/// Cuts connections so often.
pub(crate) async fn run(kind: Kind, cuts: u64) -> Outcome<()> {
    let title = format!(
        "{cuts} cuts by a proxy that delays by 200 ms, stalls, and cuts in the middle, {kind:?}"
    );
    let mut figures = Figures::new(&title);
    let folder = Folder::new()?;
    let base = Database::new(kind, &folder).await?;
    let mut victim = Victim::new(base.url(), &folder)?;
    victim.start().await?;
    let server = SocketAddr::from((Ipv4Addr::LOCALHOST, victim.port()));
    let (to_press, to_watch) = (Proxy::start(server).await?, Proxy::start(server).await?);
    let session = victim.session().await?;
    let watchers = Watchers::open(to_watch.port(), &session, WATCHING).await?;
    to_press.set(Weather::Stormy { longest: PRESSES });
    to_watch.set(Weather::Stormy { longest: FRAMES });
    let crowd = Crowd::gather(to_press.port(), &session, PRESSING, PAUSE);
    let began = Instant::now();
    while to_press.cuts() + to_watch.cuts() < cuts && began.elapsed() < Duration::from_secs(900) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    figures.note(format!("the storm took {}", seconds(began.elapsed())));
    to_press.set(Weather::Fair);
    to_watch.set(Weather::Fair);
    let (presses, frames) = (to_press.cuts(), to_watch.cuts());
    let row = format!("{presses} of presses, {frames} of live streams");
    figures.row("cuts", &cuts.to_string(), row, presses + frames >= cuts);
    books::close(&mut figures, &victim, &base, &session, crowd, watchers).await?;
    victim.stop()?;
    figures.print()
}
