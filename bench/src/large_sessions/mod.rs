//! B7: what sessions with a long past cost, each beside a short one in the same run.

mod lists;
mod pasts;
mod requests;
mod sweep;
mod visitors;

use std::time::Instant;

use clap::{Args, ValueEnum};

use crate::{
    Outcome,
    database::{Database, Kind},
    fill::{self, Filling},
    ours::{self, Session},
    process::{Folder, Process, free_port},
    stats::Sample,
};

/// What is measured, and how long.
#[derive(Args)]
pub(crate) struct Options {
    /// How many rows the sessions have that are compared with the shortest.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 100_000, 1_000_000])]
    rows: Vec<u64>,
    /// SQLite only, or Postgres only.
    #[arg(long)]
    only: Option<Kind>,
    /// These only.
    #[arg(long, value_enum, value_delimiter = ',')]
    subjects: Vec<Subject>,
    /// How many rounds are measured, after one that warms up.
    #[arg(long, default_value_t = 5)]
    pairs: usize,
}

/// One kind of long past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Subject {
    /// Long lists: a press, a snapshot, a page.
    Lists,
    /// Many segments, a list that only staff see, hidden rows.
    Pasts,
    /// What one visitor pressed in a long list: read, hidden, erased.
    Visitors,
    /// A long list that is hidden while people watch.
    Sweep,
}

/// Runs what is asked for, on both databases.
pub(crate) async fn run(options: &Options) -> Outcome<()> {
    for kind in [Kind::Postgres, Kind::Sqlite] {
        if options.only.is_some_and(|only| only != kind) {
            continue;
        }
        for subject in Subject::value_variants() {
            if !options.subjects.is_empty() && !options.subjects.contains(subject) {
                continue;
            }
            // Each with a database of its own: what one leaves behind costs the next nothing.
            let setup = Setup::new(kind).await?;
            match subject {
                Subject::Lists => lists::run(&setup, &options.rows, options.pairs).await?,
                Subject::Pasts => pasts::run(&setup, options.pairs).await?,
                Subject::Visitors => visitors::run(&setup, options.pairs).await?,
                Subject::Sweep => sweep::run(&setup).await?,
            }
            setup.server.stop()?;
        }
    }
    Ok(())
}

/// A server over an empty database.
struct Setup {
    base: Database,
    server: Process,
    /// Where it tells its metrics.
    metrics_port: u16,
    // Dropped last: it holds the files.
    _folder: Folder,
}

impl Setup {
    async fn new(kind: Kind) -> Outcome<Self> {
        let folder = Folder::new()?;
        let base = Database::new(kind, &folder).await?;
        let (port, metrics_port) = (free_port()?, free_port()?);
        let mut command = ours::command(port, base.url());
        command.args(["--metrics-listen", &format!("127.0.0.1:{metrics_port}")]);
        let log = folder.file("server.log");
        let server = Process::start(command, port, "/ready", &log).await?;
        Ok(Self {
            base,
            server,
            metrics_port,
            _folder: folder,
        })
    }

    /// A session with these rows.
    async fn session(&self, filling: Filling<'_>) -> Outcome<Session> {
        let session = Session::open(&self.server, fill::BEGAN_MINUTES_AGO).await?;
        let began = Instant::now();
        fill::fill_with(&self.base, &session.code, filling).await?;
        eprintln!("{} rows written in {:.0?}", filling.rows, began.elapsed());
        Ok(session)
    }

    /// CPU of server and database so far, in microseconds.
    fn cpu(&self) -> Outcome<u64> {
        Ok(self.server.cpu()? + self.base.cpu()?)
    }
}

/// What something cost, round by round: each is the mean of a run.
#[derive(Default)]
struct Costs {
    cpu: Sample,
    wall: Sample,
}
