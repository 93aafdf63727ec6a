//! Pages that watch: each resumes with the last event it saw, and merges as the browser's page does.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use app::{
    domain::{
        change::{Frame, event},
        revision::Cursor,
        snapshot::Snapshot,
    },
    live::list::timestamps::List,
};
use serde_json::json;
use tokio::{
    io::AsyncReadExt,
    net::TcpStream,
    task::JoinHandle,
    time::{sleep, timeout},
};
use uuid::Uuid;

use super::events::Events;
use crate::{
    Outcome,
    http::Connection,
    ours::{self, Session},
};

/// How long a page waits before it comes back; shorter than the page's own rule, so that more faults meet it.
const AGAIN: Duration = Duration::from_millis(50);
/// A stream that is silent for longer than two heartbeats is given up, as the page does.
const SILENCE: Duration = Duration::from_secs(40);

/// What one page ended with.
pub(crate) struct Watched {
    /// Its list.
    pub(crate) list: List,
    /// How far it read.
    pub(crate) cursor: Cursor,
    /// How often the same form of a timestamp came again: a cursor inside a frame gets that whole frame.
    pub(crate) overlaps: u64,
    /// How often it was told to start over with a new snapshot.
    pub(crate) snapshots: u64,
    /// How often it came back.
    pub(crate) resumed: u64,
}

/// Pages that watch one session.
pub(crate) struct Watchers {
    pages: Vec<JoinHandle<Outcome<Watched>>>,
    /// The revision at which they are done; none yet where it is negative.
    last: Arc<AtomicI64>,
}

impl Watchers {
    /// `many` pages begin to watch at this port, from a snapshot that each takes.
    pub(crate) async fn open(port: u16, session: &Session, many: usize) -> Outcome<Self> {
        let last = Arc::new(AtomicI64::new(-1));
        let mut pages = Vec::new();
        for _ in 0..many {
            let page = Page::open(port, session, last.clone()).await?;
            pages.push(tokio::spawn(page.watch()));
        }
        Ok(Self { pages, last })
    }

    /// What they ended with, once each has read up to the session's last revision.
    pub(crate) async fn close(self, last: i64) -> Outcome<Vec<Watched>> {
        self.last.store(last, Ordering::Relaxed);
        let mut watched = Vec::new();
        for page in self.pages {
            watched.push(page.await??);
        }
        Ok(watched)
    }
}

struct Page {
    port: u16,
    code: String,
    cookie: String,
    last: Arc<AtomicI64>,
    known: HashMap<Uuid, i64>,
    watched: Watched,
}

impl Page {
    async fn open(port: u16, session: &Session, last: Arc<AtomicI64>) -> Outcome<Self> {
        let cookie = ours::new_cookie();
        let snapshot = snapshot(port, &session.code, &cookie).await?;
        Ok(Self {
            port,
            code: session.code.clone(),
            cookie,
            last,
            known: HashMap::new(),
            watched: Watched {
                list: List::new(snapshot.page),
                cursor: snapshot.cursor,
                overlaps: 0,
                snapshots: 0,
                resumed: 0,
            },
        })
    }

    async fn watch(mut self) -> Outcome<Watched> {
        let mut late_since = None;
        loop {
            // A broken stream is what is tried here; the next one goes on.
            let _ = self.stream().await;
            let last = self.last.load(Ordering::Relaxed);
            if self.is_done(last) {
                return Ok(self.watched);
            }
            if last >= 0 {
                let since = *late_since.get_or_insert_with(Instant::now);
                if since.elapsed() > Duration::from_secs(30) {
                    // Not an error: what is missing is counted.
                    return Ok(self.watched);
                }
            }
            self.watched.resumed += 1;
            sleep(AGAIN).await;
        }
    }

    fn is_done(&self, last: i64) -> bool {
        last >= 0 && self.watched.cursor.revision.0 >= last
    }

    /// One stream, until it ends.
    async fn stream(&mut self) -> Outcome<()> {
        let path = format!("/s/{}/live?after={}", self.code, self.watched.cursor);
        let headers = format!("Last-Event-ID: {}\r\n{}", self.watched.cursor, self.cookie);
        let connecting = async {
            let connection = Connection::open(self.port).await?;
            connection.open_stream(&path, &headers).await
        };
        let (status, mut socket, rest) = timeout(SILENCE, connecting).await??;
        if status != 200 {
            return Err(format!("the stream was answered with {status}").into());
        }
        let mut events = Events::default();
        events.feed(&rest);
        loop {
            while let Some(event) = events.next() {
                match event.name.as_str() {
                    "" => self.merge(&event.id, &event.data)?,
                    event::SNAPSHOT => {
                        self.watched.snapshots += 1;
                        let anew = snapshot(self.port, &self.code, &self.cookie).await?;
                        self.watched.list.restart(anew.page);
                        self.watched.cursor = anew.cursor;
                        return Ok(());
                    }
                    event::GOODBYE => return Ok(()),
                    _ => {}
                }
            }
            if self.is_done(self.last.load(Ordering::Relaxed)) {
                return Ok(());
            }
            read(&mut socket, &mut events).await?;
        }
    }

    fn merge(&mut self, id: &str, data: &str) -> Outcome<()> {
        let frame: Frame = serde_json::from_str(data)?;
        for timestamp in &frame.timestamps {
            let known = self.known.insert(timestamp.id.0, timestamp.revision.0);
            if known == Some(timestamp.revision.0) {
                self.watched.overlaps += 1;
            }
        }
        self.watched.list.merge_frame(frame);
        self.watched.cursor = id.parse()?;
        Ok(())
    }
}

/// Reads on; a second of silence is looked at by the caller.
async fn read(socket: &mut TcpStream, events: &mut Events) -> Outcome<()> {
    let mut buffer = vec![0; 64 * 1024];
    let began = Instant::now();
    match timeout(Duration::from_secs(1), socket.read(&mut buffer)).await {
        Ok(Ok(0)) => Err("the stream ended".into()),
        Ok(Ok(many)) => {
            events.feed(&buffer[..many]);
            events.heard = began;
            Ok(())
        }
        Ok(Err(error)) => Err(error.into()),
        Err(_) if events.heard.elapsed() > SILENCE => Err("the stream fell silent".into()),
        Err(_) => Ok(()),
    }
}

async fn snapshot(port: u16, code: &str, cookie: &str) -> Outcome<Snapshot> {
    let mut connection = Connection::open(port).await?;
    let wanted = json!({ "code": code, "audience": "public" });
    let snapshot = ours::ask(&mut connection, cookie, "snapshot", &wanted).await?;
    Ok(serde_json::from_value(snapshot)?)
}
