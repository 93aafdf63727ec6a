//! Subscribers of a stream of server-sent events: open loop, the time of sending stands in the payload.

use std::{
    cell::RefCell,
    collections::HashMap,
    net::Ipv4Addr,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{net::TcpStream, task::JoinSet};

use crate::{Outcome, clock::micros, http::Connection, stats::Histogram};

/// How many subscribers share one source address; one address has 28,000 ports.
const PER_ADDRESS: usize = 2_000;
/// How many connect at the same time: the kernel keeps few waiting.
const CONNECTING: usize = 64;

/// What all subscribers of one server count together.
pub(crate) struct Tally {
    /// Press to arrival.
    pub(crate) latencies: Histogram,
    /// Events that were sent before this moment belong to another run.
    since: AtomicU64,
    /// Events of this run, by subscriber.
    events: Vec<AtomicU32>,
    /// Streams that ended.
    ended: AtomicU64,
    /// Frames and bytes that arrived, of all runs.
    bytes: AtomicU64,
}

/// Many open streams; they end with this value.
pub(crate) struct Subscribers {
    /// What they count.
    pub(crate) tally: Arc<Tally>,
    readers: JoinSet<()>,
    refused: usize,
}

/// Where to subscribe.
#[derive(Clone)]
pub(crate) struct Stream {
    /// The server's port.
    pub(crate) port: u16,
    /// Path and query.
    pub(crate) path: String,
    /// Whole lines, each with its end.
    pub(crate) headers: String,
}

impl Subscribers {
    /// Opens `many` streams, by turns at each of `streams`. Those that are refused are counted.
    pub(crate) async fn open(streams: &[Stream], many: usize) -> Outcome<Self> {
        let tally = Arc::new(Tally {
            latencies: Histogram::new(),
            since: AtomicU64::new(u64::MAX),
            events: (0..many).map(|_| AtomicU32::new(0)).collect(),
            ended: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        });
        let mut readers = JoinSet::new();
        let mut refused = 0;
        let mut connecting = JoinSet::new();
        for number in 0..many {
            if connecting.len() >= CONNECTING {
                refused += keep(connecting.join_next().await, &mut readers, &tally);
            }
            let stream = streams[number % streams.len()].clone();
            connecting.spawn(connect(stream, number));
        }
        while let Some(connected) = connecting.join_next().await {
            refused += keep(Some(connected), &mut readers, &tally);
        }
        Ok(Self {
            tally,
            readers,
            refused,
        })
    }

    /// How many streams are open.
    pub(crate) fn open_now(&self) -> usize {
        let ended = usize::try_from(self.tally.ended.load(Ordering::Relaxed)).unwrap_or(0);
        self.readers.len().saturating_sub(ended)
    }

    /// How many were refused.
    pub(crate) fn refused(&self) -> usize {
        self.refused
    }

    /// Begins a run: earlier events don't count.
    pub(crate) fn begin(&self) {
        self.tally.latencies.clear();
        for events in &self.tally.events {
            events.store(0, Ordering::Relaxed);
        }
        self.tally.since.store(micros(), Ordering::Relaxed);
    }

    /// Waits until every subscriber has got `sent` events, at most so long.
    pub(crate) async fn drain(&self, sent: u32, longest: Duration) -> Drained {
        let wanted = u64::from(sent) * self.readers.len() as u64;
        let began = Instant::now();
        while self.tally.latencies.count() < wanted && began.elapsed() < longest {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let mut drained = Drained::default();
        for events in self.tally.events.iter().take(self.readers.len()) {
            let got = events.load(Ordering::Relaxed);
            drained.delivered += u64::from(got);
            drained.lost += u64::from(sent.saturating_sub(got));
            drained.doubled += u64::from(got.saturating_sub(sent));
        }
        drained
    }
}

/// What became of the events of a run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Drained {
    /// How many arrived, over all subscribers.
    pub(crate) delivered: u64,
    /// How many didn't.
    pub(crate) lost: u64,
    /// How many came more than once.
    pub(crate) doubled: u64,
}

type Connected = Outcome<Option<(TcpStream, Vec<u8>)>>;

/// Sets a connected stream to reading; answers how many were refused: none or one.
fn keep(
    connected: Option<Result<Connected, tokio::task::JoinError>>,
    readers: &mut JoinSet<()>,
    tally: &Arc<Tally>,
) -> usize {
    match connected {
        Some(Ok(Ok(Some((stream, rest))))) => {
            readers.spawn(read(stream, rest, readers.len(), tally.clone()));
            0
        }
        None => 0,
        Some(_) => 1,
    }
}

async fn connect(stream: Stream, number: usize) -> Connected {
    let host = u8::try_from(2 + number / PER_ADDRESS).unwrap_or(254);
    let source = Ipv4Addr::new(127, 0, 0, host);
    let connection = Connection::open_from(source, stream.port).await?;
    let headers = format!("Accept: text/event-stream\r\n{}", stream.headers);
    let (status, stream, rest) = connection.open_stream(&stream.path, &headers).await?;
    Ok((status == 200).then_some((stream, rest)))
}

/// When the events of one frame were sent; frames are the same for all subscribers, so that each is parsed once.
type Sent = Rc<[u64]>;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; 256 * 1024]);
    static PARSED: RefCell<HashMap<(Vec<u8>, usize), Sent>> = RefCell::default();
}

/// What is left of a line that was not read whole, and what the lines before it said.
#[derive(Default)]
struct Parser {
    rest: Vec<u8>,
    id: Vec<u8>,
    is_named: bool,
}

async fn read(stream: TcpStream, rest: Vec<u8>, number: usize, tally: Arc<Tally>) {
    let mut parser = Parser::default();
    parser.feed(&rest, number, &tally);
    drop(rest);
    loop {
        if stream.readable().await.is_err() {
            break;
        }
        // One buffer for all: a task keeps only what was cut in the middle.
        let read = BUFFER.with_borrow_mut(|buffer| {
            let read = stream.try_read(buffer);
            if let Ok(many) = read {
                tally.bytes.fetch_add(many as u64, Ordering::Relaxed);
                parser.feed(&buffer[..many], number, &tally);
            }
            read
        });
        match read {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => break,
        }
    }
    tally.ended.fetch_add(1, Ordering::Relaxed);
}

impl Parser {
    /// Reads lines; sizes of HTTP's chunks are lines of their own here, and mean nothing.
    fn feed(&mut self, mut bytes: &[u8], number: usize, tally: &Tally) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (line, further) = bytes.split_at(end + 1);
            bytes = further;
            if self.rest.is_empty() {
                self.line(line, number, tally);
            } else {
                let mut whole = std::mem::take(&mut self.rest);
                whole.extend_from_slice(line);
                self.line(&whole, number, tally);
            }
        }
        self.rest.extend_from_slice(bytes);
    }

    fn line(&mut self, line: &[u8], number: usize, tally: &Tally) {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            self.is_named = false;
        } else if let Some(id) = line.strip_prefix(b"id: ") {
            self.id.clear();
            self.id.extend_from_slice(id);
        } else if line.starts_with(b"event: ") {
            self.is_named = true;
        } else if let Some(data) = line.strip_prefix(b"data: ")
            && !self.is_named
        {
            tally.arrived(number, &sent(&self.id, data));
        }
    }
}

impl Tally {
    fn arrived(&self, number: usize, sent: &[u64]) {
        let (now, since) = (micros(), self.since.load(Ordering::Relaxed));
        for sent in sent.iter().filter(|sent| **sent >= since) {
            self.latencies.record(now.saturating_sub(*sent));
            self.events[number].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many bytes arrived in all runs.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// What stands before the time of sending, in our notes and in the peer's messages.
pub(crate) const MARK: &[u8] = b"sent@";

/// Where the moments of a frame begin.
const MOMENTS: &[u8] = b"\"highlights\":";

fn sent(id: &[u8], data: &[u8]) -> Sent {
    PARSED.with_borrow_mut(|parsed| {
        let key = (id.to_vec(), data.len());
        if let Some(sent) = parsed.get(&key) {
            return sent.clone();
        }
        // The frames of the last seconds are enough.
        if parsed.len() > 10_000 {
            parsed.clear();
        }
        let sent: Sent = times(rows(data)).into();
        parsed.insert(key, sent.clone());
        sent
    })
}

/// What a frame tells of rows: moments, which come after them, quote notes that arrived before.
fn rows(data: &[u8]) -> &[u8] {
    let moments = data
        .windows(MOMENTS.len())
        .position(|window| window == MOMENTS);
    &data[..moments.unwrap_or(data.len())]
}

fn times(data: &[u8]) -> Vec<u64> {
    let marks = data.windows(MARK.len()).enumerate();
    marks
        .filter(|(_, window)| *window == MARK)
        .map(|(at, _)| {
            let digits = data[at + MARK.len()..].iter();
            digits
                .take_while(|byte| byte.is_ascii_digit())
                .fold(0, |number, byte| number * 10 + u64::from(byte - b'0'))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_that_a_moment_quotes_has_not_arrived_again() {
        let frame = br#"{"timestamps":[{"note":"sent@7"}],"highlights":{"moments":[{"notes":["sent@5"]}]}}"#;
        assert_eq!(times(rows(frame)), [7]);
        assert_eq!(times(rows(b"sent@5")), [5], "the peer's messages");
    }

    #[test]
    fn frames_are_told_from_named_events_and_from_chunk_sizes() {
        let tally = Tally {
            latencies: Histogram::new(),
            since: AtomicU64::new(0),
            events: vec![AtomicU32::new(0)],
            ended: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        };
        let stream =
            "1f\r\nevent: tick\ndata: sent@1\n\n\r\n2a\r\nid: a.7\ndata: sent@5,sent@6\n\n\r\n";
        for cut in 0..stream.len() {
            let mut parser = Parser::default();
            parser.feed(&stream.as_bytes()[..cut], 0, &tally);
            parser.feed(&stream.as_bytes()[cut..], 0, &tally);
        }
        assert_eq!(
            tally.events[0].load(Ordering::Relaxed) as usize,
            2 * stream.len()
        );
    }
}
