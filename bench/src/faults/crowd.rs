//! Viewers who press all the time and keep each press until it is acknowledged, as the page's outbox does.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use server::{clock::Clock, random};
use tokio::{sync::watch, task::JoinSet};
use uuid::Uuid;

use crate::{
    Outcome,
    http::{Answer, Connection},
    ours::{self, Session},
};

/// How long a viewer waits before the same press is tried again. Shorter than any page does: the first acknowledgement
/// after a fault shall not be late because nobody asked.
const AGAIN: Duration = Duration::from_millis(25);
/// How long one attempt may take before the viewer gives the connection up.
const PATIENCE: Duration = Duration::from_secs(8);

/// An acknowledged press.
#[derive(Clone)]
pub(crate) struct Acknowledged {
    /// Its id.
    pub(crate) id: Uuid,
    /// When the attempt began that was acknowledged.
    pub(crate) asked: Instant,
    /// When the acknowledgement came.
    pub(crate) at: Instant,
    /// The timestamp that it told.
    pub(crate) timestamp: Value,
    /// What was sent, as the viewer would send it again.
    pub(crate) request: (String, String),
}

/// What the crowd saw.
#[derive(Default)]
pub(crate) struct Seen {
    /// The acknowledged presses.
    pub(crate) acknowledged: Vec<Acknowledged>,
    /// How often each status was answered.
    pub(crate) statuses: BTreeMap<u16, u64>,
    /// The words of answers that are neither an acknowledgement nor "later".
    pub(crate) odd: Vec<String>,
    /// How long each "later" took to come.
    pub(crate) refused_after: Vec<Duration>,
    /// Attempts that broke.
    pub(crate) broken: u64,
    /// Attempts that got no answer in time.
    pub(crate) unanswered: u64,
}

/// Some viewers who press.
pub(crate) struct Crowd {
    seen: Arc<Mutex<Seen>>,
    leaving: watch::Sender<bool>,
    pressing: JoinSet<()>,
}

impl Crowd {
    /// `many` viewers begin to press at this port, one after the other within the time of a pause; each again `pause` after
    /// its last press was acknowledged.
    pub(crate) fn gather(port: u16, session: &Session, many: usize, pause: Duration) -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (leaving, is_leaving) = watch::channel(false);
        let mut pressing = JoinSet::new();
        let places = u32::try_from(many).unwrap_or(u32::MAX);
        for (number, place) in (0..many).zip(0_u32..) {
            let viewer = Viewer {
                port,
                code: session.code.clone(),
                cookie: ours::new_cookie(),
                number,
                seen: seen.clone(),
                is_leaving: is_leaving.clone(),
                connection: None,
            };
            pressing.spawn(viewer.press_on(pause * place / places, pause));
        }
        Self {
            seen,
            leaving,
            pressing,
        }
    }

    /// What was seen so far.
    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        lock(&self.seen)
    }

    /// How long after `since` the first acknowledgement came of what was asked since; waits for it at most so long.
    pub(crate) async fn first_after(&self, since: Instant, longest: Duration) -> Option<Duration> {
        loop {
            let first = {
                let seen = self.seen();
                let late = seen.acknowledged.iter().rev();
                late.take_while(|press| press.at >= since)
                    .filter(|press| press.asked >= since)
                    .map(|press| press.at)
                    .last()
            };
            if let Some(at) = first {
                return Some(at - since);
            }
            if since.elapsed() > longest {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Everybody leaves once their press is acknowledged; those whose press isn't within half a minute are cut off.
    pub(crate) async fn leave(mut self) -> Seen {
        self.leaving.send_replace(true);
        let all = async { while self.pressing.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(Duration::from_secs(30), all).await;
        std::mem::take(&mut *lock(&self.seen))
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Viewer {
    port: u16,
    code: String,
    cookie: String,
    number: usize,
    seen: Arc<Mutex<Seen>>,
    is_leaving: watch::Receiver<bool>,
    connection: Option<Connection>,
}

impl Viewer {
    async fn press_on(mut self, first: Duration, pause: Duration) {
        let mut count = 0_u64;
        self.wait(first).await;
        while !*self.is_leaving.borrow() {
            count += 1;
            let id = random::timestamp_id(&Clock::System).0;
            let note = format!("{}: {count}", self.number);
            let body = json!({ "code": self.code, "press": { "id": id, "note": note } });
            self.press(id, body.to_string()).await;
            self.wait(pause).await;
        }
    }

    /// Waits for so long, or until it is time to leave.
    async fn wait(&mut self, time: Duration) {
        let leaving = self.is_leaving.wait_for(|is_leaving| *is_leaving);
        let _ = tokio::time::timeout(time, leaving).await;
    }

    /// One press, tried until it is acknowledged.
    async fn press(&mut self, id: Uuid, body: String) {
        loop {
            let asked = Instant::now();
            let answer = tokio::time::timeout(PATIENCE, self.attempt(&body)).await;
            if self.is_done(id, &body, asked, answer.ok()) {
                return;
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Writes down what came of an attempt; whether the press needs no other one. No answer at all is `None`.
    fn is_done(
        &mut self,
        id: Uuid,
        body: &str,
        asked: Instant,
        answer: Option<Outcome<Answer>>,
    ) -> bool {
        let mut seen = lock(&self.seen);
        let Some(answer) = answer else {
            seen.unanswered += 1;
            return false;
        };
        let Ok(answer) = answer else {
            seen.broken += 1;
            return false;
        };
        *seen.statuses.entry(answer.status).or_default() += 1;
        match answer.status {
            200 => {
                let timestamp = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
                seen.acknowledged.push(Acknowledged {
                    id,
                    asked,
                    at: Instant::now(),
                    timestamp,
                    request: (self.cookie.clone(), body.to_owned()),
                });
                true
            }
            429 | 503 => {
                seen.refused_after.push(asked.elapsed());
                false
            }
            _ => {
                let words = String::from_utf8_lossy(&answer.body).into_owned();
                seen.odd.push(format!("{}: {words}", answer.status));
                true
            }
        }
    }

    async fn attempt(&mut self, body: &str) -> Outcome<Answer> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(self.port).await?,
        };
        let headers = format!("Content-Type: application/json\r\n{}", self.cookie);
        let answer = connection.post("/rpc/submit", &headers, body).await?;
        self.connection = Some(connection);
        Ok(answer)
    }
}
