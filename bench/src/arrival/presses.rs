//! Presses at a fixed rate while others arrive, each by a visitor of its own.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinHandle;

use super::at_rate::{Acts, Pace, at_rate};
use crate::{
    Outcome,
    clock::micros,
    failures::Failure,
    http::Connection,
    ours::{self, Session},
};

/// Connections that were used and may be used again. Cheap to clone.
#[derive(Clone, Default)]
struct Pool(Arc<Mutex<Vec<Connection>>>);

impl Pool {
    fn take(&self) -> Option<Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn put(&self, connection: Connection) {
        let mut connections = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        connections.push(connection);
    }
}

/// Presses at this pace; waits for all answers. Each press has its own cookie, and comes through the proxy of a network of
/// its own, where proxies are believed.
pub(crate) async fn press(port: u16, session: &Session, pace: Pace) -> Outcome<Acts<()>> {
    let pool = Pool::default();
    let act = |number: u64| one(pool.clone(), port, session.clone(), number);
    at_rate(pace, act).await
}

async fn one(pool: Pool, port: u16, session: Session, number: u64) -> Result<(), Failure> {
    let [.., third, fourth] = number.to_be_bytes();
    let headers = format!(
        "Content-Type: application/json\r\nX-Forwarded-For: 172.16.{third}.{fourth}\r\n{}",
        ours::new_cookie()
    );
    let body = session.press(micros());
    let kept = match pool.take() {
        Some(mut connection) => {
            let answer = connection.post("/rpc/submit", &headers, &body).await;
            answer.ok().map(|answer| (connection, answer))
        }
        None => None,
    };
    let (connection, answer) = match kept {
        Some(answered) => answered,
        // The server closes what lies idle. The same press twice is one.
        None => {
            let mut connection = Connection::open(port).await?;
            let answer = connection.post("/rpc/submit", &headers, &body).await?;
            (connection, answer)
        }
    };
    if answer.status != 200 {
        return Err(Failure::Status(answer.status));
    }
    pool.put(connection);
    Ok(())
}

/// Presses that go on until this is dropped.
pub(crate) struct GoingOn(JoinHandle<()>);

impl GoingOn {
    /// So many a second.
    pub(crate) fn begin(port: u16, session: &Session, rate: u64) -> Self {
        let session = session.clone();
        let pace = Pace {
            rate,
            many: rate * 3_600,
        };
        Self(tokio::spawn(async move {
            // Whoever counts them asks the list.
            let _ = press(port, &session, pace).await;
        }))
    }
}

impl Drop for GoingOn {
    fn drop(&mut self) {
        self.0.abort();
    }
}
