//! B2: idle connections: the memory that each one holds, beside nchan.

use std::time::Duration;

use crate::{
    Outcome,
    database::{Database, Kind},
    nchan,
    ours::{self, Session, Which},
    process::{self, Folder, Process},
    report::Report,
    sse::{Stream, Subscribers},
    stats::{Sample, per},
};

/// How many connections are open at each step.
const STEPS: [usize; 4] = [1_000, 5_000, 10_000, 15_000];
/// Until what connecting needed is given back.
const SETTLE: Duration = Duration::from_secs(2);

/// One side: memory per connection at each step, and how many were open.
#[derive(Default)]
struct Side {
    kib: [Sample; STEPS.len()],
    open: [usize; STEPS.len()],
}

/// Runs the pairs, each with servers that are new.
pub(crate) async fn run(pairs: usize) -> Outcome<()> {
    process::pin_to(1)?;
    let columns = [
        "connections",
        "ours, KiB each",
        "nchan, KiB each",
        "ours over nchan",
        "open",
    ];
    let mut report = Report::new("idle connections, resident memory", &columns);
    let (mut own, mut other) = (Side::default(), Side::default());
    for _ in 0..pairs {
        let folder = Folder::new()?;
        let base = Database::new(Kind::Sqlite, &folder).await?;
        let ours = ours::start(Which::Whole, base.url(), &folder, Some(0)).await?;
        let session = Session::open(&ours, 0).await?;
        let stream = session.stream(&ours).await?;
        climb(&ours, &stream, &mut own).await?;
        ours.stop()?;
        let nchan = nchan::start(&folder, 0).await?;
        climb(&nchan, &nchan::stream(&nchan), &mut other).await?;
        nchan.stop()?;
    }
    for (step, wanted) in STEPS.iter().enumerate() {
        report.row(&[
            wanted.to_string(),
            own.kib[step].to_string(),
            other.kib[step].to_string(),
            own.kib[step].over(&other.kib[step]).to_string(),
            format!("{} and {}", own.open[step], other.open[step]),
        ]);
    }
    report.print();
    Ok(())
}

async fn climb(server: &Process, stream: &Stream, side: &mut Side) -> Outcome<()> {
    // The first streams bring up what all share.
    let warm = Subscribers::open(std::slice::from_ref(stream), 10).await?;
    tokio::time::sleep(SETTLE).await;
    let none = server.resident()?;
    let mut held = Vec::new();
    let mut open = 0;
    for (step, wanted) in STEPS.iter().enumerate() {
        let more = Subscribers::open(std::slice::from_ref(stream), wanted - open).await?;
        tokio::time::sleep(SETTLE).await;
        held.push(more);
        // Counted anew: a server may have closed some.
        let now: usize = held.iter().map(Subscribers::open_now).sum();
        open = *wanted;
        side.open[step] = now;
        let grown = server.resident()?.saturating_sub(none);
        side.kib[step].push(per(grown, now as u64));
    }
    drop(warm);
    Ok(())
}
