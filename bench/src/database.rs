//! Databases for one run: a new one on the private Postgres, or a new file.

use std::{
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database as Connector, DatabaseConnection, Statement,
};
use server::random;

use crate::{
    Outcome,
    process::{self, Folder},
};

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// The private one that `scripts/with-postgres.sh` started.
    Postgres,
    /// A file, with the server's own settings (`synchronous=FULL`).
    Sqlite,
}

/// A new, empty database.
pub(crate) struct Database {
    kind: Kind,
    url: String,
    /// The process id of Postgres' first process, which started all others.
    postmaster: Option<u32>,
}

impl Database {
    /// Makes one.
    pub(crate) async fn new(kind: Kind, folder: &Folder) -> Outcome<Self> {
        let name = format!("bench_{}", random::uuid().simple());
        if kind == Kind::Sqlite {
            return Ok(Self::file(&folder.file(&format!("{name}.sqlite"))));
        }
        let admin = std::env::var("TEST_POSTGRES_URL")
            .map_err(|_| "no TEST_POSTGRES_URL: run it through scripts/bench.sh")?;
        let connection = connect(&admin).await?;
        connection
            .execute_unprepared(&format!("CREATE DATABASE {name}"))
            .await?;
        let backend = number(&connection, "SELECT pg_backend_pid()::bigint").await?;
        let (server, _) = admin.rsplit_once('/').ok_or("no database in the address")?;
        Ok(Self {
            kind,
            url: format!("{server}/{name}"),
            postmaster: Some(process::parent(u32::try_from(backend)?)?),
        })
    }

    /// A file that is not there yet.
    pub(crate) fn file(file: &Path) -> Self {
        Self {
            kind: Kind::Sqlite,
            url: format!("sqlite://{}", file.display()),
            postmaster: None,
        }
    }

    /// Its address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Its first process, where it is Postgres.
    pub(crate) fn postmaster(&self) -> Option<u32> {
        self.postmaster
    }

    /// Where Postgres listens.
    pub(crate) fn address(&self) -> Outcome<SocketAddr> {
        let (_, rest) = self.url.split_once('@').ok_or("no user in the address")?;
        let (address, _) = rest.split_once('/').ok_or("no database in the address")?;
        Ok(address.parse()?)
    }

    /// Its address through a proxy on another port of this machine.
    pub(crate) fn through(&self, port: u16) -> Outcome<String> {
        let own = self.address()?.to_string();
        Ok(self.url.replace(&own, &format!("127.0.0.1:{port}")))
    }

    /// Which one it is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// CPU time of the database's own processes so far, in microseconds; zero where it lives in the server.
    pub(crate) fn cpu(&self) -> Outcome<u64> {
        self.postmaster.map_or(Ok(0), process::cpu_of_tree)
    }

    /// A connection to it, beside the server's.
    pub(crate) async fn connect(&self) -> Outcome<DatabaseConnection> {
        connect(&self.url).await
    }

    /// Runs a script with pgbench for so many seconds; answers transactions a second.
    pub(crate) fn pgbench(
        &self,
        clients: u32,
        seconds: u32,
        script: &str,
        folder: &Folder,
    ) -> Outcome<f64> {
        let file = folder.file("script.sql");
        std::fs::write(&file, script)?;
        let (clients, seconds) = (clients.to_string(), seconds.to_string());
        let output = Command::new("pgbench")
            .args(["-n", "-M", "prepared", "-c", &clients, "-T", &seconds, "-f"])
            .arg(file)
            .arg(&self.url)
            .stdin(Stdio::null())
            .output()?;
        let words = String::from_utf8_lossy(&output.stdout).into_owned();
        let rate = words
            .lines()
            .find_map(|line| line.strip_prefix("tps = "))
            .and_then(|rest| rest.split(' ').next())
            .and_then(|rate| rate.parse().ok());
        rate.ok_or_else(|| {
            let errors = String::from_utf8_lossy(&output.stderr);
            format!("pgbench: {words}{errors}").into()
        })
    }
}

async fn connect(url: &str) -> Outcome<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Ok(Connector::connect(options).await?)
}

/// The one whole number that a query answers.
pub(crate) async fn number(connection: &DatabaseConnection, sql: &str) -> Outcome<i64> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await?;
    Ok(row.ok_or("no row")?.try_get_by_index(0)?)
}
