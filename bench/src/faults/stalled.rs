//! Readers that stop reading, beside others that read on.

use std::{
    fs,
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
    time::sleep,
};

use super::{figures::Figures, victim::Victim};
use crate::{
    Outcome,
    database::{Database, Kind},
    load::{self, Publish},
    ours,
    process::Folder,
    sse::{Stream, Subscribers},
    stats::Sample,
};

/// How many stop reading.
const STALLED: usize = 200;
/// How many read on.
const READING: usize = 200;
/// Presses a second: with their notes enough to fill what lies between within a second.
const RATE: u32 = 100;
/// All that stopped are closed within this time.
const EVICTED: Duration = Duration::from_secs(60);

/// So many pairs: an audience that reads, and as large a one of which half has stopped. (A larger audience has a longer
/// tick, whoever reads.)
pub(crate) async fn run(pairs: usize, time: Duration) -> Outcome<()> {
    let mut figures = Figures::new(&format!(
        "{STALLED} of {} readers stop reading, {RATE} presses/s, {pairs} pairs",
        STALLED + READING
    ));
    let folder = Folder::new()?;
    let base = Database::new(Kind::Sqlite, &folder).await?;
    let mut victim = Victim::new(base.url(), &folder)?;
    victim.start().await?;
    let session = victim.session().await?;
    let stream = session.stream_at(victim.port()).await?;
    let others = Subscribers::open(std::slice::from_ref(&stream), READING).await?;
    let way = Publish::Ours(session.clone(), victim.port());
    // One to warm up.
    half(&others, &way, time).await?;
    let open = settled(victim.pid()?, usize::MAX).await?;
    let (mut without, mut with) = (Sample::default(), Sample::default());
    let mut lost = 0;
    for _ in 0..pairs {
        // From here on, so that there is much to read at once; from the beginning they would only hear that a snapshot
        // costs less.
        let stream = session.stream_at(victim.port()).await?;
        let more = Subscribers::open(std::slice::from_ref(&stream), STALLED).await?;
        let (p99, missed) = half(&others, &way, time).await?;
        without.push(p99);
        lost += missed;
        drop(more);
        settled(victim.pid()?, open).await?;
        let stalled = stall(victim.port(), &stream).await?;
        // What lies between fills up first.
        load::publish(&way, RATE, Duration::from_secs(2)).await?;
        let (p99, missed) = half(&others, &way, time).await?;
        with.push(p99);
        lost += missed;
        drop(stalled);
        settled(victim.pid()?, open).await?;
    }
    let ratio = with.over(&without);
    figures.row(
        "p99 of the others, over what it is while all read",
        "at most 1.10 (median)",
        ratio.to_string(),
        ratio.median() <= 1.10,
    );
    figures.note(format!(
        "p99 in ms: all read {without}, half have stopped {with}"
    ));
    figures.none("events that the others missed", lost);

    let stream = session.stream_at(victim.port()).await?;
    load::publish(&way, RATE, time).await?;
    let stalled = stall(victim.port(), &stream).await?;
    let began = Instant::now();
    let (mut longest, mut most) = (Duration::ZERO, 0);
    while began.elapsed() < EVICTED * 2 {
        load::publish(&way, RATE, Duration::from_secs(1)).await?;
        most = most.max(sockets(victim.pid()?)?.saturating_sub(open));
        longest = began.elapsed();
        if sockets(victim.pid()?)? <= open {
            break;
        }
    }
    // A socket that closes just then is counted by neither.
    figures.row(
        "connections that stopped",
        &format!("{STALLED}, but for a few"),
        most.to_string(),
        most + 5 >= STALLED,
    );
    figures.within("until all that stopped are closed", EVICTED, &[longest]);
    figures.exactly(
        "of the others are still open",
        READING as u64,
        others.open_now() as u64,
    );
    drop(stalled);
    figures.none("panics in the log", victim.panics());
    drop(others);
    victim.stop()?;
    figures.print()
}

/// One half of a pair: the 99th percentile from press to arrival in milliseconds, and how many events were missed.
async fn half(others: &Subscribers, way: &Publish, time: Duration) -> Outcome<(f64, u64)> {
    others.begin();
    let sent = load::publish(way, RATE, time).await?;
    let drained = others.drain(sent, Duration::from_secs(5)).await;
    Ok((others.tally.latencies.milliseconds(0.99), drained.lost))
}

/// Opens streams with the smallest of buffers, and reads none of them.
async fn stall(port: u16, stream: &Stream) -> Outcome<Vec<TcpStream>> {
    let mut stalled = Vec::new();
    for _ in 0..STALLED {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(4 * 1024)?;
        let mut connection = socket
            .connect(SocketAddr::from(([127, 0, 0, 1], port)))
            .await?;
        // A cookie each: a browser has a limit of its own.
        let cookie = ours::new_cookie();
        let head = format!(
            "GET {} HTTP/1.1\r\nHost: clips\r\n{cookie}\r\n",
            stream.path
        );
        connection.write_all(head.as_bytes()).await?;
        stalled.push(connection);
    }
    Ok(stalled)
}

/// Waits until at most so many sockets are left, and their number stays; answers it.
async fn settled(pid: u32, at_most: usize) -> Outcome<usize> {
    let began = Instant::now();
    let mut last = usize::MAX;
    while began.elapsed() < EVICTED {
        let now = sockets(pid)?;
        if now == last && now <= at_most {
            return Ok(now);
        }
        last = now;
        sleep(Duration::from_millis(500)).await;
    }
    Err("the server keeps connections that their clients gave up".into())
}

/// How many sockets a process holds.
fn sockets(pid: u32) -> Outcome<usize> {
    let open = fs::read_dir(format!("/proc/{pid}/fd"))?;
    let names = open.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    Ok(names
        .filter(|name| name.to_string_lossy().starts_with("socket:"))
        .count())
}
