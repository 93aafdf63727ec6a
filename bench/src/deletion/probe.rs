//! Asks an embedded database for its write lock again and again: how long it was away, whoever held it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{ConnectOptions, ConnectionTrait, Database as Connector, DatabaseConnection};
use tokio::task::JoinHandle;

use crate::{
    Outcome,
    database::{Database, Kind},
};

/// How often it is asked for.
const EVERY: Duration = Duration::from_millis(2);

/// One that asks until it is ended. On Postgres, which locks rows, it asks for nothing.
pub(crate) struct Probe {
    ending: Arc<AtomicBool>,
    asking: Option<JoinHandle<Outcome<Duration>>>,
}

impl Probe {
    /// Begins to ask.
    pub(crate) async fn begin(base: &Database) -> Outcome<Self> {
        let ending = Arc::new(AtomicBool::new(false));
        let asking = match base.kind() {
            Kind::Postgres => None,
            Kind::Sqlite => {
                let mut options = ConnectOptions::new(base.url());
                options
                    .max_connections(1)
                    .sqlx_logging(false)
                    // It hears at once that the lock is away.
                    .map_sqlx_sqlite_opts(|sqlite| sqlite.busy_timeout(Duration::ZERO));
                let connection = Connector::connect(options).await?;
                Some(tokio::spawn(ask(connection, ending.clone())))
            }
        };
        Ok(Self { ending, asking })
    }

    /// The longest time for which the lock was away; none where nothing was asked for.
    pub(crate) async fn end(self) -> Outcome<Option<Duration>> {
        self.ending.store(true, Ordering::Relaxed);
        match self.asking {
            Some(asking) => Ok(Some(asking.await??)),
            None => Ok(None),
        }
    }
}

async fn ask(connection: DatabaseConnection, ending: Arc<AtomicBool>) -> Outcome<Duration> {
    let mut longest = Duration::ZERO;
    let mut away_since = None;
    while !ending.load(Ordering::Relaxed) {
        let asked = Instant::now();
        // Two statements, and not a transaction of the pool's: what is refused must not be rolled back.
        match connection.execute_unprepared("BEGIN IMMEDIATE").await {
            Ok(_) => {
                let had = Instant::now();
                connection.execute_unprepared("ROLLBACK").await?;
                if let Some(since) = away_since.take() {
                    longest = longest.max(had - since);
                }
            }
            Err(error) if error.to_string().contains("locked") => {
                away_since.get_or_insert(asked);
            }
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(EVERY).await;
    }
    connection.close().await?;
    Ok(longest)
}
