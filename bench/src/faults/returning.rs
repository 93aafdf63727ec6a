//! A restart while thousands of pages watch: all come back by the page's own rule, and none has a gap.

use std::{
    collections::HashSet,
    net::Ipv4Addr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use app::{
    domain::{
        change::{StreamEnd, event},
        revision::Cursor,
    },
    live::connection::state_machine::{Connection as State, ConnectionEvent, Effect},
};
use server::random;
use tokio::{
    io::AsyncReadExt,
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{
    crowd::Crowd,
    events::Events,
    figures::{Figures, seconds},
    victim::Victim,
};
use crate::{
    Outcome,
    database::{self, Database, Kind},
    failures::{Failure, Failures},
    http::Connection,
    ours,
    process::{self, Folder},
    sse::Stream,
};

/// All are back within this time, where nothing else is asked for.
const BACK: Duration = Duration::from_secs(30);
/// How many pages share one source address.
const PER_ADDRESS: usize = 2_000;
/// How long one attempt may take, as in the page.
const ATTEMPT: Duration = Duration::from_secs(15);

/// How the server goes away.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Way {
    /// SIGTERM: the pages are told to come back.
    Term,
    /// `kill -9`: the streams break.
    Kill,
}

/// What all pages know together.
struct Hall {
    port: u16,
    path: String,
    live: AtomicUsize,
    /// The revision at which they are done; negative before.
    last: AtomicI64,
    told_to_start_over: AtomicUsize,
    closing: AtomicBool,
    /// Why attempts failed since the last start.
    failures: Mutex<Failures>,
    ended: Mutex<Vec<Page>>,
}

/// One page: how far it read, and the arrivals that it was told of.
struct Page {
    state: State,
    cursor: Cursor,
    arrivals: HashSet<i64>,
    doubled: u64,
}

/// What happens.
pub(crate) struct Shape {
    /// How many pages watch: each is a file descriptor here and one in the server.
    pub(crate) pages: usize,
    /// How the server goes away.
    pub(crate) way: Way,
    /// How many press.
    pub(crate) pressing: usize,
    /// How long each of them waits after a press.
    pub(crate) pause: Duration,
    /// All are back within this time.
    pub(crate) back: Duration,
}

/// What was seen.
pub(crate) struct Returned {
    /// The table of the fault.
    pub(crate) figures: Figures,
    /// How many were live in the end.
    pub(crate) live: usize,
    /// From the new server's start until all were live, or until that was waited for no longer.
    pub(crate) back: Duration,
    /// What the new server used until then.
    pub(crate) cpu: Duration,
}

/// Restarts the server under so many pages.
pub(crate) async fn run(kind: Kind, pages: usize, way: Way) -> Outcome<()> {
    let shape = Shape {
        pages,
        way,
        pressing: 4,
        pause: Duration::from_millis(100),
        back: BACK,
    };
    restart(kind, &shape).await?.figures.print()
}

/// The same in another shape; the figures are not printed yet.
pub(crate) async fn restart(kind: Kind, shape: &Shape) -> Outcome<Returned> {
    let Shape {
        pages,
        way,
        pressing,
        ..
    } = *shape;
    let mut figures = Figures::new(&format!(
        "restart ({way:?}) with {pages} live pages and {pressing} who press, {kind:?}"
    ));
    let folder = Folder::new()?;
    let base = Database::new(kind, &folder).await?;
    let mut victim = Victim::new(base.url(), &folder)?;
    victim.start().await?;
    let session = victim.session().await?;
    let Stream { path, port, .. } = session.stream_at(victim.port()).await?;
    let (path, after) = path.split_once("?after=").ok_or("no cursor")?;
    let hall = Arc::new(Hall {
        port,
        path: path.into(),
        live: AtomicUsize::new(0),
        last: AtomicI64::new(-1),
        told_to_start_over: AtomicUsize::new(0),
        closing: AtomicBool::new(false),
        failures: Mutex::default(),
        ended: Mutex::new(Vec::new()),
    });
    let mut watching = JoinSet::new();
    for number in 0..pages {
        let page = Page {
            state: State::START,
            cursor: after.parse()?,
            arrivals: HashSet::new(),
            doubled: 0,
        };
        watching.spawn(page.watch(hall.clone(), number));
        // The kernel keeps few waiting.
        if number % 50 == 49 {
            sleep(Duration::from_millis(20)).await;
        }
    }
    until_live(&hall, pages, Duration::from_secs(60)).await;
    let crowd = Crowd::gather(port, &session, pressing, shape.pause);
    sleep(Duration::from_secs(2)).await;
    figures.exactly("live before", pages as u64, live(&hall) as u64);

    match way {
        Way::Term => {
            victim.stop()?;
        }
        Way::Kill => victim.kill(),
    }
    sleep(Duration::from_millis(500)).await;
    *lock(&hall.failures) = Failures::default();
    let began = victim.launch()?;
    until_live(&hall, pages, shape.back.max(BACK) * 2).await;
    let back = began.elapsed();
    let cpu = Duration::from_micros(process::cpu_of_tree(victim.pid()?)?);
    let again = live(&hall);
    figures.exactly("live again", pages as u64, again as u64);
    figures.within("until all are back", shape.back, &[back]);
    figures.note(format!(
        "the new server used {} of CPU until then",
        seconds(cpu)
    ));
    figures.note(format!("attempts that failed: {}", lock(&hall.failures)));

    sleep(Duration::from_secs(1)).await;
    let seen = crowd.leave().await;
    let connection = base.connect().await?;
    let last = database::number(&connection, "SELECT revision FROM session").await?;
    let rows = database::number(&connection, "SELECT count(*) FROM timestamp").await?;
    hall.last.store(last, Ordering::Relaxed);
    let all = async { while watching.join_next().await.is_some() {} };
    if timeout(Duration::from_secs(30), all).await.is_err() {
        hall.closing.store(true, Ordering::Relaxed);
        watching.abort_all();
    }
    let ended = lock(&hall.ended);
    figures.exactly(
        "pages that read to the end",
        pages as u64,
        ended.len() as u64,
    );
    let rows = usize::try_from(rows)?;
    let gaps: usize = ended
        .iter()
        .map(|page| rows.saturating_sub(page.arrivals.len()))
        .sum();
    figures.none("gaps in the pages' lists", gaps);
    let doubled: u64 = ended.iter().map(|page| page.doubled).sum();
    figures.note(format!(
        "{doubled} timestamps came again with a frame that began before the cursor, which pages merge"
    ));
    let over = hall.told_to_start_over.load(Ordering::Relaxed);
    figures.none("pages that had to start over", over);
    figures.exactly(
        "rows, beside the acknowledged presses",
        seen.acknowledged.len() as u64,
        rows as u64,
    );
    figures.none("panics in the log", victim.panics());
    victim.stop()?;
    Ok(Returned {
        figures,
        live: again,
        back,
        cpu,
    })
}

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

fn live(hall: &Hall) -> usize {
    hall.live.load(Ordering::Relaxed)
}

async fn until_live(hall: &Hall, pages: usize, longest: Duration) {
    let began = Instant::now();
    while live(hall) < pages && began.elapsed() < longest {
        sleep(Duration::from_millis(10)).await;
    }
}

impl Page {
    /// Watches until it has read everything, with the page's own rule for when to come back.
    async fn watch(mut self, hall: Arc<Hall>, number: usize) {
        loop {
            let event = self.stream(&hall, number).await;
            if self.is_done(&hall) || hall.closing.load(Ordering::Relaxed) {
                let mut ended = lock(&hall.ended);
                ended.push(self);
                return;
            }
            let random = random::bytes::<4>();
            let random = f64::from(u32::from_le_bytes(random)) / (f64::from(u32::MAX) + 1.0);
            let (state, effect) = self.state.transition(event, random);
            if let Effect::CloseAndWait { ms } = effect {
                sleep(Duration::from_millis(ms.into())).await;
            }
            self.state = state.transition(ConnectionEvent::WaitOver, 0.0).0;
        }
    }

    fn is_done(&self, hall: &Hall) -> bool {
        let last = hall.last.load(Ordering::Relaxed);
        last >= 0 && self.cursor.revision.0 >= last
    }

    /// One stream, until it ends; answers how.
    async fn stream(&mut self, hall: &Hall, number: usize) -> ConnectionEvent {
        let host = u8::try_from(2 + number / PER_ADDRESS).unwrap_or(254);
        let path = format!("{}?after={}", hall.path, self.cursor);
        let headers = ours::new_cookie();
        let connecting = async {
            let source = Ipv4Addr::new(127, 0, 0, host);
            let connection = Connection::open_from(source, hall.port).await?;
            connection.open_stream(&path, &headers).await
        };
        let opened = match timeout(ATTEMPT, connecting).await {
            Ok(Ok((200, socket, rest))) => Ok((socket, rest)),
            Ok(Ok((status, ..))) => Err(Failure::Status(status)),
            Ok(Err(_)) => Err(Failure::Broken),
            Err(_) => Err(Failure::Late),
        };
        let (mut socket, rest) = match opened {
            Ok(opened) => opened,
            Err(failure) => {
                lock(&hall.failures).count(failure);
                return ConnectionEvent::Failed;
            }
        };
        self.state = self.state.transition(ConnectionEvent::Opened, 0.0).0;
        hall.live.fetch_add(1, Ordering::Relaxed);
        let mut events = Events::default();
        events.feed(&rest);
        let mut buffer = vec![0; 4 * 1024];
        let ended = loop {
            if let Some(ended) = self.take_in(hall, &mut events) {
                break ended;
            }
            if self.is_done(hall) {
                break ConnectionEvent::Dismissed;
            }
            match timeout(Duration::from_secs(2), socket.read(&mut buffer)).await {
                Ok(Ok(0) | Err(_)) => break ConnectionEvent::Failed,
                Ok(Ok(many)) => events.feed(&buffer[..many]),
                Err(_) => {}
            }
        };
        hall.live.fetch_sub(1, Ordering::Relaxed);
        ended
    }

    /// Reads what has arrived; answers how the stream ended, if it did.
    fn take_in(&mut self, hall: &Hall, events: &mut Events) -> Option<ConnectionEvent> {
        while let Some(event) = events.next() {
            match event.name.as_str() {
                "" => {
                    for arrival in arrivals(&event.data) {
                        self.doubled += u64::from(!self.arrivals.insert(arrival));
                    }
                    self.cursor = event.id.parse().ok()?;
                }
                event::SNAPSHOT => {
                    hall.told_to_start_over.fetch_add(1, Ordering::Relaxed);
                }
                event::GOODBYE => {
                    let goodbye: Option<StreamEnd> = serde_json::from_str(&event.data).ok();
                    let comes_back = goodbye.is_some_and(StreamEnd::comes_back);
                    return Some(if comes_back {
                        ConnectionEvent::Dismissed
                    } else {
                        ConnectionEvent::Failed
                    });
                }
                _ => {}
            }
        }
        None
    }
}

/// The arrivals in a frame. Thousands of pages read the same one: parsing it whole each time would be the load.
fn arrivals(frame: &str) -> impl Iterator<Item = i64> + '_ {
    let found = frame.split("\"arrival\":").skip(1);
    found.filter_map(|rest| {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        rest[..digits].parse().ok()
    })
}
