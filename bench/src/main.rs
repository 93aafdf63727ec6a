//! The benchmarks of `README.md`: each is a word, and prints its ratio with the peer of the same run.

mod arrival;
mod clock;
mod database;
mod deletion;
mod export;
mod failures;
mod fan_out;
mod faults;
mod fill;
mod http;
mod idle;
mod large_sessions;
mod load;
mod migration_time;
mod moments;
mod nchan;
mod one_row;
mod ours;
mod press_to_seen;
mod process;
mod recorder_alone;
mod report;
mod sse;
mod stats;
mod submissions;
mod writers;

use std::{error::Error, path::PathBuf, process::ExitCode, time::Duration};

use clap::{Args, Parser, Subcommand};
use server::config::Config;

use crate::{
    database::{Database, Kind},
    faults::Fault,
    submissions::Shape,
};

/// What can go wrong here has a person before it: words are enough.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Measures the server beside its peers. Run it through `scripts/bench.sh`.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    benchmark: Benchmark,
}

#[derive(Args, Clone, Copy)]
struct Pairs {
    /// How many pairs are measured, after one that warms up.
    #[arg(long, default_value_t = 5)]
    pairs: usize,
    /// How many seconds each half of a pair takes.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
}

impl Pairs {
    fn shape(self) -> Shape {
        Shape {
            pairs: self.pairs,
            time: Duration::from_secs(self.seconds),
        }
    }
}

#[derive(Subcommand)]
enum Benchmark {
    /// Live fan-out beside nchan.
    B1(Pairs),
    /// Idle connections beside nchan.
    B2(Pairs),
    /// Durable submissions on Postgres, over HTTP.
    B3(Pairs),
    /// The recorder alone on Postgres, beside pgbench.
    B3Alone(Pairs),
    /// One, two and four writers on Postgres, over several sessions.
    B3Writers(Pairs),
    /// Durable submissions on SQLite, over HTTP.
    B4(Pairs),
    /// The recorder alone on SQLite.
    B4Alone(Pairs),
    /// Press to seen, in one process and in three.
    B5(Pairs),
    /// Export of a long list beside psql.
    B6 {
        /// How many rows the list has.
        #[arg(long, default_value_t = 1_000_000)]
        rows: u64,
        #[command(flatten)]
        pairs: Pairs,
    },
    /// Sessions with a long past beside short ones.
    B7(large_sessions::Options),
    /// People who arrive, beside nginx and nchan.
    B10(arrival::Options),
    /// Deletion of a long session while others press.
    B11(deletion::Options),
    /// How long the newest migrations take.
    Migration(migration_time::Options),
    /// How well moments are found, and what they cost.
    Moments(moments::Options),
    /// Faults to survive: `faults/README.md`.
    #[command(subcommand)]
    Fault(Fault),
    /// Fills the session of B8's desk, started by it: many rows in many moments.
    #[command(hide = true)]
    FillDesk {
        /// The file of the server's SQLite database.
        #[arg(long)]
        file: PathBuf,
        /// The session, which began half a day ago.
        #[arg(long)]
        code: String,
        /// How many rows.
        #[arg(long)]
        rows: u64,
        /// How many moments they are gathered in.
        #[arg(long)]
        moments: u64,
    },
    /// The peer of B3 and B4, started by them: one transaction a press.
    #[command(hide = true)]
    OneRow(Box<Config>),
}

fn main() -> ExitCode {
    match run(Arguments::parse().benchmark) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(benchmark: Benchmark) -> Outcome<()> {
    match benchmark {
        Benchmark::B1(pairs) => fan_out::run(&[(4_000, 10), (2_000, 60)], pairs.shape()).await,
        Benchmark::B2(pairs) => idle::run(pairs.pairs).await,
        Benchmark::B5(pairs) => press_to_seen::run(pairs.shape()).await,
        Benchmark::B6 { rows, pairs } => export::run(rows, pairs.pairs).await,
        Benchmark::B7(options) => large_sessions::run(&options).await,
        Benchmark::FillDesk {
            file,
            code,
            rows,
            moments,
        } => fill::fill_with_crowds(&Database::file(&file), &code, rows, moments).await,
        Benchmark::B3(pairs) => {
            submissions::over_http(Kind::Postgres, &[16, 256], pairs.shape()).await
        }
        Benchmark::B3Alone(pairs) => {
            recorder_alone::alone(Kind::Postgres, &[16, 256], pairs.shape()).await
        }
        Benchmark::B3Writers(pairs) => writers::run(pairs.shape()).await,
        Benchmark::B4(pairs) => {
            submissions::over_http(Kind::Sqlite, &[16, 256], pairs.shape()).await
        }
        Benchmark::B4Alone(pairs) => {
            recorder_alone::alone(Kind::Sqlite, &[16, 256], pairs.shape()).await
        }
        Benchmark::B10(options) => arrival::run(options).await,
        Benchmark::B11(options) => deletion::run(&options).await,
        Benchmark::Migration(options) => migration_time::run(&options).await,
        Benchmark::Moments(options) => moments::run(&options),
        Benchmark::Fault(fault) => faults::run(fault).await,
        Benchmark::OneRow(config) => one_row::serve(&config).await,
    }
}
