//! Load: presses as fast as answers come (closed loop), and events at a fixed rate (open loop).

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{sync::mpsc, task::JoinSet};

use crate::{
    Outcome,
    clock::micros,
    http::Connection,
    ours::{self, Session},
    stats::Histogram,
};

/// What a closed loop did.
pub(crate) struct Done {
    /// How many were recorded.
    pub(crate) recorded: u64,
    /// How many were told to come back.
    pub(crate) busy: u64,
    /// How long it took.
    pub(crate) took: Duration,
    /// From sending to the answer.
    pub(crate) latencies: Arc<Histogram>,
}

impl Done {
    /// Presses a second.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub(crate) fn rate(&self) -> f64 {
        self.recorded as f64 / self.took.as_secs_f64()
    }
}

/// `clients` visitors press, each as soon as its last press was answered.
pub(crate) async fn press(
    port: u16,
    session: &Session,
    clients: usize,
    time: Duration,
) -> Outcome<Done> {
    let latencies = Arc::new(Histogram::new());
    let mut pressing = JoinSet::new();
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(Connection::open(port).await?);
    }
    let began = Instant::now();
    for mut connection in connections {
        let (session, latencies) = (session.clone(), latencies.clone());
        pressing.spawn(async move {
            let headers = format!("Content-Type: application/json\r\n{}", ours::new_cookie());
            let (mut recorded, mut busy) = (0, 0);
            while began.elapsed() < time {
                let sent = micros();
                let body = session.press(sent);
                let answer = connection.post("/rpc/submit", &headers, &body).await?;
                if answer.status == 200 {
                    recorded += 1;
                    latencies.record(micros() - sent);
                } else if ours::is_busy(&answer) {
                    busy += 1;
                } else {
                    let words = String::from_utf8_lossy(&answer.body).into_owned();
                    return Err(format!("a press: {} {words}", answer.status).into());
                }
            }
            Outcome::Ok((recorded, busy))
        });
    }
    let mut done = Done {
        recorded: 0,
        busy: 0,
        took: time,
        latencies,
    };
    while let Some(pressed) = pressing.join_next().await {
        let (recorded, busy): (u64, u64) = pressed??;
        done.recorded += recorded;
        done.busy += busy;
    }
    done.took = began.elapsed();
    Ok(done)
}

/// Where events are published.
#[derive(Clone)]
pub(crate) enum Publish {
    /// Presses in a session.
    Ours(Session, u16),
    /// Messages of 120 bytes.
    Nchan(u16),
}

impl Publish {
    /// The path, the header lines and the body of the event that is sent at this moment.
    fn request(&self, sent: u64, cookie: &str) -> (&'static str, String, String) {
        match self {
            Self::Ours(session, _) => {
                let headers = format!("Content-Type: application/json\r\n{cookie}");
                ("/rpc/submit", headers, session.press(sent))
            }
            Self::Nchan(_) => {
                let mark = String::from_utf8_lossy(crate::sse::MARK);
                let mark = format!("{mark}{sent} ");
                let headers = "Content-Type: text/plain\r\n".into();
                ("/publish", headers, format!("{mark:.<120}"))
            }
        }
    }

    fn port(&self) -> u16 {
        match self {
            Self::Ours(_, port) | Self::Nchan(port) => *port,
        }
    }
}

/// How many connections publish: enough for a slow answer to hold nothing back.
const PUBLISHERS: usize = 32;

/// Publishes `rate` events a second for so long, whatever the answers do. Answers how many the server took. The time in
/// an event is when it was due: a sender that is held up hides nothing.
pub(crate) async fn publish(to: &Publish, rate: u32, time: Duration) -> Outcome<u32> {
    let (due, waiting) = mpsc::channel::<u64>(100_000);
    let waiting = Arc::new(tokio::sync::Mutex::new(waiting));
    let taken = Arc::new(AtomicU64::new(0));
    let mut publishers = JoinSet::new();
    for _ in 0..PUBLISHERS {
        let mut connection = Connection::open(to.port()).await?;
        let (to, waiting, taken) = (to.clone(), waiting.clone(), taken.clone());
        publishers.spawn(async move {
            let cookie = ours::new_cookie();
            loop {
                let next = waiting.lock().await.recv().await;
                let Some(sent) = next else {
                    return Outcome::Ok(());
                };
                let (path, headers, body) = to.request(sent, &cookie);
                let answer = connection.post(path, &headers, &body).await?;
                if (200..300).contains(&answer.status) {
                    taken.fetch_add(1, Ordering::Relaxed);
                } else {
                    let words = String::from_utf8_lossy(&answer.body).into_owned();
                    return Err(format!("{path}: {} {words}", answer.status).into());
                }
            }
        });
    }
    let began = micros();
    let step = 1_000_000 / u64::from(rate);
    let many = u64::from(rate) * time.as_secs();
    for number in 0..many {
        let at = began + number * step;
        let wait = at.saturating_sub(micros());
        if wait > 0 {
            tokio::time::sleep(Duration::from_micros(wait)).await;
        }
        due.send(at).await?;
    }
    drop(due);
    while let Some(published) = publishers.join_next().await {
        published??;
    }
    Ok(u32::try_from(taken.load(Ordering::Relaxed))?)
}
