//! Faults to survive: each is a word, breaks something for real, and fails where its figures don't hold. See
//! `bench/faults/README.md`.

mod books;
mod clock;
mod crowd;
mod cuts;
mod disk;
mod events;
mod figures;
mod kill;
mod limits;
mod order;
mod outage;
mod postgres;
mod proxy;
mod resumes;
pub(crate) mod returning;
mod shapes;
mod stalled;
mod stop;
pub(crate) mod victim;
mod watcher;

use std::time::Duration;

use clap::Subcommand;
use server::random;

use self::{limits::Limits, returning::Way};
use crate::{Outcome, database::Kind};

/// One word a fault; `short` is what `make test` runs.
#[derive(Subcommand)]
pub(crate) enum Fault {
    /// `kill -9` of the server.
    Kill {
        /// How often, on each database.
        #[arg(long, default_value_t = 100)]
        rounds: u32,
        /// SQLite only, or Postgres only.
        #[arg(long)]
        only: Option<Kind>,
    },
    /// SIGTERM under load.
    Stop {
        /// How often, on each database.
        #[arg(long, default_value_t = 10)]
        rounds: u32,
    },
    /// Postgres stopped hard, frozen, cut off.
    Postgres {
        /// How often it is stopped.
        #[arg(long, default_value_t = 20)]
        rounds: u32,
        /// How long it is frozen, and then cut off.
        #[arg(long, default_value_t = 30)]
        away_seconds: u64,
    },
    /// A full disk. Needs root.
    Disk {
        /// How often it is filled and freed.
        #[arg(long, default_value_t = 10)]
        rounds: u32,
    },
    /// 64 simultaneous Resumes.
    Resumes {
        /// How many rounds, on each database.
        #[arg(long, default_value_t = 1_000)]
        rounds: u32,
    },
    /// A network that delays, stalls and cuts.
    Cuts {
        /// How many connections are cut, on each database.
        #[arg(long, default_value_t = 1_000)]
        cuts: u64,
    },
    /// Readers that stop reading.
    Stalled {
        /// How many pairs are measured.
        #[arg(long, default_value_t = 5)]
        pairs: usize,
        /// How many seconds each half of a pair takes.
        #[arg(long, default_value_t = 5)]
        seconds: u64,
    },
    /// Clients that never finish what they begin.
    Shapes {
        /// How many of each shape.
        #[arg(long, default_value_t = 20)]
        many: usize,
    },
    /// A restart while thousands of pages watch.
    Returning {
        /// How many pages.
        #[arg(long, default_value_t = 10_000)]
        pages: usize,
    },
    /// A wall clock that jumps.
    Clock,
    /// The order of durability, traced.
    Order {
        /// How many presses are traced.
        #[arg(long, default_value_t = 1_000)]
        presses: usize,
    },
    /// A few rounds of each.
    Short,
}

/// Runs one fault.
pub(crate) async fn run(fault: Fault) -> Outcome<()> {
    match fault {
        Fault::Kill { rounds, only } => {
            on_both(only, async |kind| kill::run(kind, rounds).await).await
        }
        Fault::Stop { rounds } => on_both(None, async |kind| stop::run(kind, rounds).await).await,
        Fault::Postgres {
            rounds,
            away_seconds,
        } => {
            with_and_without_limits(async |limits| outage::run(rounds, away_seconds, limits).await)
                .await
        }
        Fault::Disk { rounds } => {
            with_and_without_limits(async |limits| disk::run(rounds, limits).await).await
        }
        Fault::Resumes { rounds } => {
            on_both(None, async |kind| resumes::run(kind, rounds).await).await
        }
        Fault::Cuts { cuts } => on_both(None, async |kind| cuts::run(kind, cuts).await).await,
        Fault::Stalled { pairs, seconds } => {
            stalled::run(pairs, Duration::from_secs(seconds)).await
        }
        Fault::Shapes { many } => shapes::run(many).await,
        Fault::Returning { pages } => {
            let restarted = returning::run(Kind::Sqlite, pages, Way::Term).await;
            returning::run(Kind::Postgres, pages, Way::Kill)
                .await
                .and(restarted)
        }
        Fault::Clock => on_both(None, async |kind| clock::run(kind).await).await,
        Fault::Order { presses } => {
            on_both(None, async |kind| order::run(kind, presses).await).await
        }
        Fault::Short => short().await,
    }
}

/// Runs it on SQLite and on Postgres; a miss on one keeps the other from nothing.
async fn on_both(only: Option<Kind>, run: impl AsyncFn(Kind) -> Outcome<()>) -> Outcome<()> {
    let mut missed = Ok(());
    for kind in [Kind::Sqlite, Kind::Postgres] {
        if only.is_none_or(|only| only == kind) {
            missed = run(kind).await.and(missed);
        }
    }
    missed
}

/// Runs it without limits and with those that are shipped; a miss of one keeps the other from nothing.
async fn with_and_without_limits(run: impl AsyncFn(Limits) -> Outcome<()>) -> Outcome<()> {
    let without = run(Limits::Off).await;
    run(Limits::Shipped).await.and(without)
}

/// A few rounds of each, in two minutes.
async fn short() -> Outcome<()> {
    figures::judge_on_any_machine();
    on_both(None, async |kind| kill::run(kind, 3).await).await?;
    on_both(None, async |kind| stop::run(kind, 2).await).await?;
    outage::run(2, 4, Limits::Off).await?;
    outage::run(0, 3, Limits::Shipped).await?;
    disk::run(2, Limits::Off).await?;
    disk::run(1, Limits::Shipped).await?;
    on_both(None, async |kind| resumes::run(kind, 20).await).await?;
    on_both(None, async |kind| cuts::run(kind, 60).await).await?;
    on_both(None, async |kind| order::run(kind, 50).await).await?;
    returning::run(Kind::Sqlite, 200, Way::Term).await?;
    shapes::run(2).await
}

/// A time between these many milliseconds.
fn random_between(least: u64, most: u64) -> Duration {
    let random = u64::from_le_bytes(random::bytes());
    Duration::from_millis(least + random % (most - least))
}
