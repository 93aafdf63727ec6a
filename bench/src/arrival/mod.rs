//! B10: what it costs when people arrive, beside nginx that serves the same bytes and nchan that opens as many streams.

mod addresses;
pub(crate) mod at_rate;
mod browser;
mod crowd;
mod peer;
pub(crate) mod presses;
mod restart;
mod setup;
mod streams;
mod verdict;
mod visits;
mod whole;

use std::time::Duration;

use clap::{Args, ValueEnum};

use self::{
    setup::Setup,
    verdict::{COLUMNS, Line},
};
use crate::{Outcome, process, report::Report, submissions::Shape};

/// What is measured, and how long.
#[derive(Args)]
pub(crate) struct Options {
    /// These only.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Subject>,
    /// How many pairs are measured, after a short one that warms up.
    #[arg(long, default_value_t = 3)]
    pairs: usize,
    /// How many seconds each half of a pair takes.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
}

/// One kind of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Subject {
    /// The viewers' page at 100 and at 1,000 loads a second.
    Page,
    /// The public snapshot.
    Snapshot,
    /// Opening live streams.
    Stream,
    /// The icon, and the viewers' bundle.
    Static,
    /// Page, files and stream.
    Arrival,
    /// A moderators' page of a long list.
    Staff,
    /// The home page, the privacy page, and one that is not there.
    Others,
    /// 10,000 arrivals within 10 s.
    Crowd,
    /// A restart with 10,000 open pages.
    Restart,
}

impl Subject {
    /// Whether it is measured beside a peer, on one core.
    fn needs_setup(self) -> bool {
        match self {
            Self::Page
            | Self::Snapshot
            | Self::Stream
            | Self::Static
            | Self::Arrival
            | Self::Staff
            | Self::Others => true,
            Self::Crowd | Self::Restart => false,
        }
    }
}

/// Runs what is asked for. What can't be measured is told in the table, and keeps the others from nothing.
pub(crate) async fn run(options: Options) -> Outcome<()> {
    let chosen = |subject: &Subject| options.only.is_empty() || options.only.contains(subject);
    let chosen: Vec<_> = Subject::value_variants()
        .iter()
        .copied()
        .filter(chosen)
        .collect();
    let shape = Shape {
        pairs: options.pairs,
        time: Duration::from_secs(options.seconds),
    };
    let mut report = Report::new("B10: arrivals", &COLUMNS);
    let all_cores = process::cores()?;
    if chosen.iter().any(|subject| subject.needs_setup()) {
        let setup = Setup::start(shape).await?;
        for subject in chosen
            .iter()
            .copied()
            .filter(|subject| subject.needs_setup())
        {
            tell(&mut report, subject, measure(&setup, subject).await);
        }
        for oddity in &setup.oddities {
            report.note(oddity);
        }
        setup.stop()?;
        process::run_on(&all_cores)?;
    }
    if chosen.contains(&Subject::Crowd) {
        tell(&mut report, Subject::Crowd, crowd::run().await);
    }
    if chosen.contains(&Subject::Restart) {
        tell(&mut report, Subject::Restart, restart::run().await);
    }
    report.print();
    Ok(())
}

async fn measure(setup: &Setup, subject: Subject) -> Outcome<Vec<Line>> {
    match subject {
        Subject::Page => visits::page(setup).await,
        Subject::Snapshot => visits::snapshot(setup).await,
        Subject::Stream => streams::run(setup).await,
        Subject::Static => visits::files(setup).await,
        Subject::Arrival => whole::run(setup).await,
        Subject::Staff => visits::staff(setup).await,
        Subject::Others => visits::others(setup).await,
        Subject::Crowd | Subject::Restart => Ok(Vec::new()),
    }
}

fn tell(report: &mut Report, subject: Subject, lines: Outcome<Vec<Line>>) {
    let name = format!("{subject:?}").to_lowercase();
    let lines = lines.unwrap_or_else(|error| vec![Line::unmeasured(&name, &error.to_string())]);
    for line in lines {
        line.print(report);
    }
    eprintln!("{name}: measured");
}
