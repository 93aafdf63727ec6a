//! What arrivals are measured on: our server and the peer on one core, the load on the other one.

use std::time::Duration;

use tokio::time::sleep;

use super::{
    addresses,
    at_rate::{Acts, Pace},
    browser::{self, Load},
    peer::{self, Kept},
    presses::GoingOn,
    verdict::Compared,
};
use crate::{
    Outcome,
    database::{self, Database, Kind},
    fill,
    http::header,
    ours::{self, Session, Which},
    process::{self, Folder, Process},
    sse::Subscribers,
    stats::per,
    submissions::Shape,
};

/// The core of both servers; the load runs on the other one.
const SERVER_CORE: u32 = 0;
const LOAD_CORE: u32 = 1;
/// How many rows the session has.
pub(crate) const ROWS: u64 = 200;
/// Presses a second that go on while others arrive.
pub(crate) const PRESSES: u64 = 5;
/// How long a run is that only warms up.
const WARM_UP: Duration = Duration::from_secs(1);
/// Until what a run left is put away: streams that end, presses that are seen.
const SETTLE: Duration = Duration::from_millis(500);

/// Both sides, and the session that people arrive at.
pub(crate) struct Setup {
    /// Our server.
    pub(crate) server: Process,
    /// nginx with our answers, and nchan's streams.
    pub(crate) peer: Process,
    /// The session.
    pub(crate) session: Session,
    /// The files of the viewers' page.
    pub(crate) files: Vec<String>,
    /// What is not there, or not as it should be.
    pub(crate) oddities: Vec<String>,
    base: Database,
    shape: Shape,
    // Dropped last: they hold the files of both.
    _memory: Folder,
    _folder: Folder,
}

impl Setup {
    /// Starts both.
    pub(crate) async fn start(shape: Shape) -> Outcome<Self> {
        process::pin_to(LOAD_CORE)?;
        let (folder, memory) = (Folder::new()?, Folder::in_memory()?);
        let base = Database::new(Kind::Sqlite, &folder).await?;
        let start = || ours::start(Which::Whole, base.url(), &folder, Some(SERVER_CORE));
        let server = start().await?;
        let session = Session::open(&server, fill::BEGAN_MINUTES_AGO).await?;
        fill::fill(&base, &session.code, ROWS).await?;
        // What is written past a server may be unknown to it.
        server.stop()?;
        let server = start().await?;
        let port = server.port();
        let page = format!("/s/{}", session.code);
        let plain = Kept::ask(port, &Load::new(&page, "Accept: text/html\r\n")).await?;
        let files = addresses::files(&String::from_utf8_lossy(plain.body()));
        let mut oddities = Vec::new();
        for ending in [".js", ".wasm", ".woff2", ".svg", ".webmanifest"] {
            if addresses::ending(&files, ending).is_none() {
                oddities.push(format!("the page names no {ending}"));
            }
        }
        let mut wanted = vec![
            Load::new(&page, browser::PAGE),
            Load::new(&format!("{page}/snapshot"), browser::FILE),
            Load::new("/", browser::PAGE),
            Load::new("/privacy", browser::PAGE),
            Load::new("/nowhere", browser::PAGE).answered_with(404),
        ];
        wanted.extend(files.iter().map(|file| Load::new(file, browser::FILE)));
        let mut kept = Vec::new();
        for load in &wanted {
            match Kept::ask(port, load).await {
                Ok(answer) => {
                    let path = load.path();
                    let is_compressed = header(answer.head(), "content-encoding") == Some("br");
                    if !is_compressed && !path.ends_with(".woff2") {
                        oddities.push(format!("{path} comes without brotli"));
                    }
                    kept.push(answer);
                }
                Err(why) => oddities.push(why.to_string()),
            }
        }
        let stream = format!("{page}/live");
        let peer = peer::start(&folder, &memory, SERVER_CORE, &kept, &stream).await?;
        Ok(Self {
            server,
            peer,
            session,
            files,
            oddities,
            base,
            shape,
            _memory: memory,
            _folder: folder,
        })
    }

    /// Where the session's page is.
    pub(crate) fn page(&self) -> String {
        format!("/s/{}", self.session.code)
    }

    /// Where its public stream is, from now on. The peer has one there too.
    pub(crate) async fn stream(&self) -> Outcome<String> {
        let cursor = self.session.cursor_at(self.server.port()).await?;
        let page = self.page();
        Ok(format!(
            "{page}/live?audience=public&frames=lean&after={cursor}"
        ))
    }

    /// A session with so many rows, which its streamer watches.
    pub(crate) async fn long_session(&self, rows: u64) -> Outcome<Session> {
        let session = Session::open(&self.server, fill::BEGAN_MINUTES_AGO).await?;
        fill::fill(&self.base, &session.code, rows).await?;
        Ok(session)
    }

    /// People press, and one page watches, until this is dropped.
    pub(crate) async fn live(&self) -> Outcome<(GoingOn, Subscribers)> {
        let stream = self.session.stream(&self.server).await?;
        let watching = Subscribers::open(&[stream], 1).await?;
        let pressing = GoingOn::begin(self.server.port(), &self.session, PRESSES);
        sleep(SETTLE).await;
        Ok((pressing, watching))
    }

    /// How many rows all lists have.
    pub(crate) async fn rows(&self) -> Outcome<i64> {
        let connection = self.base.connect().await?;
        let rows = database::number(&connection, "SELECT count(*) FROM timestamp").await?;
        connection.close().await?;
        Ok(rows)
    }

    /// What our server uses while nobody arrives, in microseconds a second.
    pub(crate) async fn at_rest(&self) -> Outcome<f64> {
        let before = self.server.cpu()?;
        sleep(self.shape.time).await;
        let used = self.server.cpu()? - before;
        Ok(per(used, 1) / self.shape.time.as_secs_f64())
    }

    /// Runs both sides by turns at this rate; `half` is told where, and how much. Without a peer ours runs alone.
    pub(crate) async fn compare<T>(
        &self,
        rate: u64,
        has_peer: bool,
        half: impl AsyncFn(u16, Pace) -> Outcome<Acts<T>>,
    ) -> Outcome<Compared> {
        let mut compared = Compared::default();
        for pair in 0..=self.shape.pairs {
            let time = if pair == 0 { WARM_UP } else { self.shape.time };
            let pace = Pace::over(rate, time);
            let (cpu, acts) = measured(&self.server, pace, &half).await?;
            let done = acts.done.len() as u64;
            if pair > 0 {
                compared.done += done;
                compared.failures.add(&acts.failures);
                if done > 0 {
                    compared.own.push(per(cpu, done));
                    compared.p99.push(acts.latencies.milliseconds(0.99));
                }
            }
            drop(acts);
            if !has_peer {
                continue;
            }
            let (cpu, acts) = measured(&self.peer, pace, &half).await?;
            let done = acts.done.len() as u64;
            if pair > 0 {
                compared.peer_failures.add(&acts.failures);
                if done > 0 {
                    compared.peer.push(per(cpu, done));
                }
            }
        }
        Ok(compared)
    }

    /// Stops both.
    pub(crate) fn stop(self) -> Outcome<()> {
        self.peer.stop()?;
        self.server.stop()
    }
}

/// What a server used for these acts; what it uses to end what they kept open is not in it.
async fn measured<T>(
    server: &Process,
    pace: Pace,
    half: impl AsyncFn(u16, Pace) -> Outcome<Acts<T>>,
) -> Outcome<(u64, Acts<T>)> {
    sleep(SETTLE).await;
    let before = server.cpu()?;
    let acts = half(server.port(), pace).await?;
    Ok((server.cpu()? - before, acts))
}
