//! B3 and B4: durable submissions over HTTP, beside a server with one transaction a press.

use std::time::Duration;

use crate::{
    Outcome,
    database::{Database, Kind},
    load,
    ours::{self, Session, Which},
    process::{Folder, Process},
    report::Report,
    stats::{Sample, per},
};

/// How a run is cut.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// How many pairs.
    pub(crate) pairs: usize,
    /// How long each half of a pair takes.
    pub(crate) time: Duration,
}

/// One side of a comparison, over all its runs.
#[derive(Default)]
pub(crate) struct Side {
    pub(crate) rate: Sample,
    pub(crate) cpu: Sample,
    pub(crate) database_cpu: Sample,
    pub(crate) p50: Sample,
    pub(crate) p99: Sample,
    busy: u64,
}

impl Side {
    pub(crate) fn row(&self, report: &mut Report, name: &str) {
        report.row(&[
            name.into(),
            self.rate.to_string(),
            self.cpu.to_string(),
            self.database_cpu.to_string(),
            self.total().to_string(),
            self.p50.to_string(),
            self.p99.to_string(),
        ]);
    }

    /// CPU of server and database together.
    pub(crate) fn total(&self) -> Sample {
        self.cpu.plus(&self.database_cpu)
    }
}

pub(crate) const COLUMNS: [&str; 7] = [
    "side",
    "presses/s",
    "server CPU us/press",
    "Postgres CPU us/press",
    "both",
    "p50 ms",
    "p99 ms",
];

/// Runs over HTTP at each number of clients.
pub(crate) async fn over_http(kind: Kind, clients: &[usize], shape: Shape) -> Outcome<()> {
    let folder = Folder::new()?;
    let (our_base, peer_base) = (
        Database::new(kind, &folder).await?,
        Database::new(kind, &folder).await?,
    );
    let ours = ours::start(Which::Whole, our_base.url(), &folder, None).await?;
    let peer = ours::start(Which::OneRow, peer_base.url(), &folder, None).await?;
    let (our_session, peer_session) = (
        Session::open(&ours, 0).await?,
        Session::open(&peer, 0).await?,
    );
    for clients in clients {
        let mut report = Report::new(
            &format!("durable submissions over HTTP, {kind:?}, {clients} clients"),
            &COLUMNS,
        );
        let (mut own, mut other) = (Side::default(), Side::default());
        for pair in 0..=shape.pairs {
            let (mut warm_up, mut unused) = (Side::default(), Side::default());
            // The first pair warms connections, caches and plans.
            let sides = if pair == 0 {
                (&mut warm_up, &mut unused)
            } else {
                (&mut own, &mut other)
            };
            http_half(
                &ours,
                &our_base,
                &our_session,
                *clients,
                shape.time,
                sides.0,
            )
            .await?;
            http_half(
                &peer,
                &peer_base,
                &peer_session,
                *clients,
                shape.time,
                sides.1,
            )
            .await?;
        }
        own.row(&mut report, "ours");
        other.row(&mut report, "one transaction a press");
        report.ratio("presses/s, ours over one-row", &own.rate.over(&other.rate));
        report.ratio(
            "CPU of both per press, ours over one-row",
            &own.total().over(&other.total()),
        );
        report.note(&format!(
            "told to come back: {} and {}",
            own.busy, other.busy
        ));
        report.print();
    }
    ours.stop()?;
    peer.stop()
}

async fn http_half(
    server: &Process,
    base: &Database,
    session: &Session,
    clients: usize,
    time: Duration,
    side: &mut Side,
) -> Outcome<()> {
    let before = (server.cpu()?, base.cpu()?);
    let done = load::press(server.port(), session, clients, time).await?;
    let after = (server.cpu()?, base.cpu()?);
    side.rate.push(done.rate());
    side.cpu.push(per(after.0 - before.0, done.recorded));
    side.database_cpu
        .push(per(after.1 - before.1, done.recorded));
    side.p50.push(done.latencies.milliseconds(0.5));
    side.p99.push(done.latencies.milliseconds(0.99));
    side.busy += done.busy;
    Ok(())
}
