//! A proxy in front of Postgres that loses the answer to a COMMIT: the transaction is done, and nobody hears of it.

use std::{
    collections::HashMap,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::severable::in_front_of;

/// Passes on what is said between whoever connects to it and Postgres.
pub(crate) struct LossyProxy {
    url: String,
    shared: Arc<Shared>,
}

struct Shared {
    /// Whether a transaction that makes these writes is one of those that are meant.
    is_meant: fn(&[String]) -> bool,
    /// How many of those were committed.
    commits: AtomicU64,
    /// Whether the next one is lost.
    loses: AtomicBool,
}

impl LossyProxy {
    /// A proxy in front of the database at this URL, for transactions whose writes are meant.
    pub(crate) async fn to(url: &str, is_meant: fn(&[String]) -> bool) -> Self {
        let (listener, url, target) = in_front_of(url).await;
        let shared = Arc::new(Shared {
            is_meant,
            commits: AtomicU64::new(0),
            loses: AtomicBool::new(false),
        });
        let of_each = shared.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(&target).await.unwrap();
                // An error is the end of the connection, which each side notices by itself.
                tokio::spawn(pass_on(near, far, of_each.clone()));
            }
        });
        Self { url, shared }
    }

    /// The database's URL through the proxy.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// How many of the transactions that are meant were committed so far.
    pub(crate) fn commits(&self) -> u64 {
        self.shared.commits.load(Ordering::SeqCst)
    }

    /// Loses the answer to the next commit that is meant, with its connection.
    pub(crate) fn lose_next(&self) {
        self.shared.loses.store(true, Ordering::SeqCst);
    }

    /// Whether that happened. If it didn't, it won't any more.
    pub(crate) fn has_lost(&self) -> bool {
        !self.shared.loses.swap(false, Ordering::SeqCst)
    }
}

/// Passes on both ways until one side closes, or an answer is lost.
async fn pass_on(mut near: TcpStream, mut far: TcpStream, shared: Arc<Shared>) -> io::Result<()> {
    // A query is several messages, of which each would wait until the one before was acknowledged.
    far.set_nodelay(true)?;
    near.set_nodelay(true)?;
    let (mut asked, mut heard) = (Vec::new(), Vec::new());
    let mut transaction = Transaction::default();
    loop {
        tokio::select! {
            read = near.read_buf(&mut asked) => {
                if read? == 0 {
                    return Ok(());
                }
                while let Some(length) = first_message(&asked) {
                    let message: Vec<u8> = asked.drain(..length).collect();
                    far.write_all(&message).await?;
                    let commits = transaction.hears(&message);
                    if commits.is_some_and(|writes| (shared.is_meant)(&writes)) {
                        shared.commits.fetch_add(1, Ordering::SeqCst);
                        if shared.loses.swap(false, Ordering::SeqCst) {
                            // Once Postgres answers, it is done.
                            far.read_buf(&mut heard).await?;
                            return Ok(());
                        }
                    }
                }
            }
            read = far.read_buf(&mut heard) => {
                if read? == 0 {
                    return Ok(());
                }
                near.write_all(&heard).await?;
                heard.clear();
            }
        }
    }
}

/// How long the first message is, if all of it is there: https://www.postgresql.org/docs/current/protocol-message-formats.html
fn first_message(said: &[u8]) -> Option<usize> {
    // Those that open the connection have no type, and are short, so their length begins with a zero.
    let of_type = usize::from(*said.first()? != 0);
    let length = said.get(of_type..of_type + 4)?;
    let length = u32::from_be_bytes(length.try_into().unwrap());
    let length = of_type + usize::try_from(length).unwrap();
    (said.len() >= length).then_some(length)
}

/// What a connection has written since its transaction began.
#[derive(Default)]
struct Transaction {
    /// The statements that were prepared, by their names.
    prepared: HashMap<String, String>,
    writes: Vec<String>,
}

impl Transaction {
    /// Takes note of a message; answers the writes that it commits.
    fn hears(&mut self, message: &[u8]) -> Option<Vec<String>> {
        let (kind, body) = (message.first()?, message.get(5..)?);
        let mut texts = body.split(|byte| *byte == 0);
        let mut text = || {
            texts
                .next()
                .map(|text| String::from_utf8_lossy(text).into_owned())
        };
        match kind {
            b'P' => {
                let (name, sql) = (text()?, text()?);
                self.prepared.insert(name, sql);
            }
            b'B' => {
                let _portal = text()?;
                let sql = self.prepared.get(&text()?)?.clone();
                self.runs(sql);
            }
            b'Q' => {
                let sql = text()?;
                match sql.as_str() {
                    "COMMIT" => return Some(std::mem::take(&mut self.writes)),
                    "BEGIN" | "ROLLBACK" => self.writes.clear(),
                    _ => self.runs(sql),
                }
            }
            _ => {}
        }
        None
    }

    fn runs(&mut self, sql: String) {
        if ["INSERT", "UPDATE", "DELETE"]
            .iter()
            .any(|kind| sql.starts_with(kind))
        {
            self.writes.push(sql);
        }
    }
}
